import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { catalogueQuery } from '../../api/findings.ts';
import type { Finding } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.tsx';
import type { FindingGroup } from './finding-filters.ts';
import { FindingLine } from './finding-line.tsx';
import { toFindingRows } from './finding-rows.ts';
import styles from './findings.module.css';
import { useVisibleRows } from './use-visible-rows.ts';

/** Properties of {@link FindingsTable}. */
export interface FindingsTableProps {
  readonly findings: readonly Finding[];
  readonly group: FindingGroup;
  readonly activeId: string | undefined;
  readonly selected: ReadonlySet<string>;
  readonly canSelect: boolean;
  readonly isLoadingMore: boolean;
  readonly rowCount: number | undefined;
  readonly onActivate: (id: string) => void;
  readonly onFocusRow: (id: string) => void;
  readonly onToggle: (id: string) => void;
  /** The end of what is loaded comes into view. */
  readonly onEnd: () => void;
}

const lineHeight = 58;
const headingHeight = 36;
const aheadRows = 30;

/** Findings of any number: only the lines in view exist in the page. */
export function FindingsTable(props: FindingsTableProps): React.JSX.Element {
  const { findings, group, activeId, selected, canSelect, isLoadingMore, rowCount, onEnd } = props;
  const { t, language } = useTexts();
  const { data: catalogue } = useQuery(catalogueQuery);
  const rows = useMemo(() => toFindingRows(findings, group), [findings, group]);
  const heights = useMemo(() => rows.map(({ kind }) => (kind === 'heading' ? headingHeight : lineHeight)), [rows]);
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const activeIndex = rows.findIndex((row) => row.kind === 'finding' && row.finding.id === activeId);
  const { rows: shown, totalHeight, reveal } = useVisibleRows(box, heights, activeIndex);
  const lastShown = Math.max(0, ...shown.map(({ index }) => index));

  useEffect(() => {
    if (lastShown >= rows.length - aheadRows) onEnd();
  }, [lastShown, rows.length, onEnd]);

  useLayoutEffect(() => {
    if (activeIndex < 0) return;
    reveal(activeIndex);
    const focused = document.activeElement;
    // A focus lost with a line that left the page comes back here; one that is elsewhere stays there.
    if (box?.contains(focused) || focused === document.body)
      box?.querySelector<HTMLElement>(`[data-finding="${activeId}"]`)?.focus({ preventScroll: true });
    // The rows change while a scan runs; only a move of the reader may scroll.
  }, [activeId]);

  const nameOf = (type: string): string => catalogue?.get(type)?.name[language] ?? type;
  const firstId = rows.find((row) => row.kind === 'finding')?.finding.id;

  return (
    <div
      className={styles.table}
      role="grid"
      aria-label={t('findings.table')}
      aria-rowcount={rowCount ?? -1}
      aria-multiselectable={canSelect}
      aria-busy={isLoadingMore}
    >
      <div role="row" className={styles.headRow}>
        <span
          role="columnheader"
          className={styles.headCheck}
          aria-label={t('findings.selected_other', { count: selected.size })}
        />
        <span role="columnheader">{t('findings.type')}</span>
        <span role="columnheader">{t('findings.value')}</span>
        <span role="columnheader">{t('findings.place')}</span>
        <span role="columnheader">{t('findings.status')}</span>
      </div>
      <div ref={setBox} className={styles.scroll} role="rowgroup">
        <div role="presentation" className={styles.canvas} style={{ height: totalHeight }}>
          {shown.map(({ index, top, height }) => {
            const row = rows[index];
            const place = { height, transform: `translateY(${top}px)` };
            if (row?.kind === 'heading')
              return (
                <div key={`heading-${row.key}`} role="row" className={styles.groupRow} style={place}>
                  <span role="gridcell" aria-colspan={5} className={group === 'file' ? 'code' : undefined}>
                    {group === 'type' ? nameOf(row.key) : row.key}
                  </span>
                </div>
              );
            return row ? (
              <FindingLine
                key={row.finding.id}
                finding={row.finding}
                name={nameOf(row.finding.type)}
                rowIndex={index + 2}
                style={place}
                isActive={row.finding.id === activeId}
                isReachable={row.finding.id === activeId || (activeId === undefined && row.finding.id === firstId)}
                isSelected={selected.has(row.finding.id)}
                canSelect={canSelect}
                onActivate={props.onActivate}
                onFocusRow={props.onFocusRow}
                onToggle={props.onToggle}
              />
            ) : undefined;
          })}
        </div>
        {isLoadingMore ? <p className={styles.more}>{t('findings.loadingMore')}</p> : undefined}
      </div>
    </div>
  );
}
