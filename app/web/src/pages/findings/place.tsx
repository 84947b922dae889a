import type { FindingLocation } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './findings.module.css';

/** Where a finding is: the name first, because it tells more than the folders above it. */
export function Place({ location }: { readonly location: FindingLocation }): React.JSX.Element {
  const { t, format } = useTexts();
  const { item, line, row, page } = location;
  const detail = line
    ? t('findings.line', { line: format.number(line) })
    : row
      ? t('findings.row', { row: format.number(row) })
      : page
        ? t('findings.page', { page: format.number(page) })
        : undefined;
  const cut = item.replace(/[/\\]+$/, '').search(/[^/\\]+$/);
  const isPath = !item.includes('://') && cut > 0;
  const folder = isPath ? item.slice(0, cut - 1) : undefined;
  return (
    <span className={styles.place} title={item}>
      <span className={styles.placeItem}>{isPath ? item.slice(cut) : item}</span>
      <span className={styles.placeDetail}>{[detail, folder].filter(Boolean).join(' · ')}</span>
    </span>
  );
}
