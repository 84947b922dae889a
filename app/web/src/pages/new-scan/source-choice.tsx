import { IconDatabase, IconFileUpload, IconGitBranch, IconServer, IconWorld } from '../../components/icons.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './new-scan.module.css';
import type { FormKind } from './scan-form.ts';

const kinds = [
  { kind: 'upload', Icon: IconFileUpload },
  { kind: 'path', Icon: IconServer },
  { kind: 'repository', Icon: IconGitBranch },
  { kind: 'database', Icon: IconDatabase },
  { kind: 'website', Icon: IconWorld },
] as const;

/** Properties of {@link SourceChoice}. */
export interface SourceChoiceProps {
  readonly value: FormKind;
  readonly onChange: (kind: FormKind) => void;
}

/** The five kinds of source as radio buttons that look like cards. */
export function SourceChoice({ value, onChange }: SourceChoiceProps): React.JSX.Element {
  const { t } = useTexts();
  return (
    <fieldset className={styles.kinds}>
      <legend className={styles.legend}>{t('newScan.what')}</legend>
      {kinds.map(({ kind, Icon }) => (
        <label key={kind} className={styles.kind}>
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={value === kind}
            onChange={() => onChange(kind)}
            className="visuallyHidden"
          />
          <Icon size={20} stroke={1.6} aria-hidden="true" />
          <span className={styles.kindName}>{t(`source.${kind}`)}</span>
          <span className={styles.kindAbout}>{t(`source.${kind}.about`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
