import type { FindingLocation } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './findings.module.css';

/** Where a finding is; a long path keeps its end, which tells more than its start. */
export function Place({ location }: { readonly location: FindingLocation }): React.JSX.Element {
  const { t, format } = useTexts();
  const { item, line, row } = location;
  const detail = line
    ? t('findings.line', { line: format.number(line) })
    : row
      ? t('findings.row', { row: format.number(row) })
      : undefined;
  return (
    <span className={styles.place} title={item}>
      <span className={styles.placeItem}>
        <bdi>{item}</bdi>
      </span>
      {detail ? <span className={styles.placeDetail}>{detail}</span> : undefined}
    </span>
  );
}
