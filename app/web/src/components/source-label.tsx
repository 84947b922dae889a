import type { Scan } from '../api/types.ts';
import type { PlainKey } from '../i18n/message-keys.ts';
import { useTexts } from '../i18n/texts.tsx';
import { IconDatabase, IconFileUpload, IconGitBranch, IconServer, IconWorld } from './icons.ts';
import styles from './source-label.module.css';

const kinds: Readonly<Record<string, { readonly name: PlainKey; readonly Icon: typeof IconWorld }>> = {
  upload: { name: 'source.upload', Icon: IconFileUpload },
  path: { name: 'source.path', Icon: IconServer },
  repository: { name: 'source.repository', Icon: IconGitBranch },
  database: { name: 'source.database', Icon: IconDatabase },
  website: { name: 'source.website', Icon: IconWorld },
};

/** What a scan searched: its kind as an icon with a name, and which one. */
export function SourceLabel({ source }: { readonly source: Scan['source'] }): React.JSX.Element {
  const { t } = useTexts();
  const known = kinds[source.kind];
  return (
    <span className={styles.source}>
      {known ? <known.Icon size={16} stroke={1.6} aria-hidden="true" /> : undefined}
      <span className={styles.text}>{source.label || (known ? t(known.name) : source.kind)}</span>
    </span>
  );
}
