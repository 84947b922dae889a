import type { ScanStatus } from '../api/types.ts';
import { useTexts } from '../i18n/texts.tsx';
import styles from './scan-status.module.css';

/** True while a scan can still change by itself. */
export function isScanActive(status: ScanStatus): boolean {
  return status === 'queued' || status === 'planning' || status === 'running' || status === 'paused';
}

/** A scan's state as a word with a coloured mark that moves while the scan does. */
export function ScanStatusBadge({ status }: { readonly status: ScanStatus }): React.JSX.Element {
  const { t } = useTexts();
  return (
    <span className={styles.status} data-status={status}>
      <span className={styles.mark} aria-hidden="true" />
      {t(`status.${status}`)}
    </span>
  );
}
