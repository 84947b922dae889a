import { memo } from 'react';
import type { Finding } from '../../api/types.ts';
import { SeverityBadge } from '../../components/severity.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './findings.module.css';
import { Place } from './place.tsx';

/** Properties of {@link FindingLine}. */
export interface FindingLineProps {
  readonly finding: Finding;
  readonly name: string;
  readonly rowIndex: number;
  readonly style: React.CSSProperties;
  readonly isActive: boolean;
  /** The one line the Tab key stops at. */
  readonly isReachable: boolean;
  readonly isSelected: boolean;
  readonly canSelect: boolean;
  readonly onActivate: (id: string) => void;
  readonly onFocusRow: (id: string) => void;
  readonly onToggle: (id: string) => void;
}

/** One finding of the table. */
export const FindingLine: React.NamedExoticComponent<FindingLineProps> = memo(function FindingLine({
  finding,
  name,
  rowIndex,
  style,
  isActive,
  isReachable,
  isSelected,
  canSelect,
  onActivate,
  onFocusRow,
  onToggle,
}: FindingLineProps): React.JSX.Element {
  const { t } = useTexts();
  const { id, location, masked, context, severity, status } = finding;
  return (
    <div
      role="row"
      className={styles.line}
      style={style}
      data-finding={id}
      data-active={isActive}
      data-status={status}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      tabIndex={isReachable ? 0 : -1}
      onClick={() => onActivate(id)}
      onFocus={() => {
        if (!isActive) onFocusRow(id);
      }}
    >
      <span role="gridcell" className={styles.check}>
        {canSelect ? (
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isSelected}
            aria-label={t('findings.select', { type: name, place: location.item })}
            onClick={(event) => event.stopPropagation()}
            onChange={() => onToggle(id)}
          />
        ) : undefined}
      </span>
      <span role="gridcell" className={styles.typeCell}>
        <span className={styles.typeName}>{name}</span>
        <SeverityBadge severity={severity} />
      </span>
      <span role="gridcell" className={styles.valueCell}>
        <span className={styles.masked}>{masked}</span>
        <span className={styles.context}>{context}</span>
      </span>
      <span role="gridcell" className={styles.placeCell}>
        <Place location={location} />
      </span>
      <span role="gridcell">
        <span className={styles.status} data-status={status}>
          {t(`triage.${status}`)}
        </span>
      </span>
    </div>
  );
});
