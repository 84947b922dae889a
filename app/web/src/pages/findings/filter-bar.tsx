import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { catalogueQuery } from '../../api/findings.ts';
import type { Severity, TriageStatus } from '../../api/types.ts';
import { IconKeyboard, IconSearch, IconX } from '../../components/icons.ts';
import { SeverityMark, severities, severityNames } from '../../components/severity.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { type FindingFilters, categories, groupings, hasFilter, sortings, triageStatuses } from './finding-filters.ts';
import styles from './findings.module.css';

/** Properties of {@link FilterBar}. */
export interface FilterBarProps {
  readonly filters: FindingFilters;
  readonly onChange: (filters: FindingFilters) => void;
  readonly total: number | undefined;
  readonly searchRef: React.RefObject<HTMLInputElement | null>;
  readonly onHelp: () => void;
}

const typingPauseMs = 250;

function toggled<Value>(list: readonly Value[] | undefined, value: Value): readonly Value[] | undefined {
  const next = list?.includes(value) ? list.filter((entry) => entry !== value) : [...(list ?? []), value];
  return next.length > 0 ? next : undefined;
}

/** Search, chips for severity and triage, category, order and grouping; everything it sets stands in the address. */
export function FilterBar({ filters, onChange, total, searchRef, onHelp }: FilterBarProps): React.JSX.Element {
  const { t, tn, language } = useTexts();
  const { data: catalogue } = useQuery(catalogueQuery);
  const [typed, setTyped] = useState(filters.q ?? '');
  const set = (part: { readonly [Key in keyof FindingFilters]?: FindingFilters[Key] | undefined }): void => {
    const next = Object.entries({ ...filters, ...part }).filter(([, value]) => value !== undefined && value !== '');
    onChange(Object.fromEntries(next));
  };
  const search = useDebouncedCallback((q: string) => set({ q }), typingPauseMs);

  return (
    <div className={styles.filters} role="search" aria-label={t('findings.filters')}>
      <div className={styles.filterRow}>
        <TextInput
          ref={searchRef}
          className={styles.search}
          type="search"
          aria-label={t('findings.search')}
          placeholder={t('findings.search')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            search(event.currentTarget.value);
          }}
        />
        <NativeSelect
          aria-label={t('findings.category')}
          value={filters.category ?? ''}
          onChange={(event) => set({ category: categories.find((value) => value === event.currentTarget.value) })}
          data={[
            { value: '', label: t('findings.allCategories') },
            ...categories.map((value) => ({ value, label: t(`category.${value}`) })),
          ]}
        />
        <NativeSelect
          aria-label={t('findings.sort')}
          value={filters.sort ?? 'severity'}
          disabled={filters.group !== undefined && filters.group !== 'none'}
          onChange={(event) => set({ sort: sortings.find((value) => value === event.currentTarget.value) })}
          data={sortings.map((value) => ({ value, label: t(`findings.sort.${value}`) }))}
        />
        <NativeSelect
          aria-label={t('findings.group')}
          value={filters.group ?? 'none'}
          onChange={(event) => set({ group: groupings.find((value) => value === event.currentTarget.value) })}
          data={groupings.map((value) => ({ value, label: t(`findings.group.${value}`) }))}
        />
      </div>
      <div className={styles.filterRow}>
        <span className={styles.chips} role="group" aria-label={t('findings.severity')}>
          {severities.map((severity: Severity) => (
            <button
              key={severity}
              type="button"
              className={styles.chip}
              aria-pressed={filters.severity?.includes(severity) ?? false}
              onClick={() => set({ severity: toggled(filters.severity, severity) })}
            >
              <SeverityMark severity={severity} />
              {t(severityNames[severity])}
            </button>
          ))}
        </span>
        <span className={styles.chips} role="group" aria-label={t('findings.status')}>
          {triageStatuses.map((status: TriageStatus) => (
            <button
              key={status}
              type="button"
              className={styles.chip}
              aria-pressed={filters.status?.includes(status) ?? false}
              onClick={() => set({ status: toggled(filters.status, status) })}
            >
              {t(`triage.${status}`)}
            </button>
          ))}
        </span>
        {filters.type ? (
          <button type="button" className={styles.chip} aria-pressed="true" onClick={() => set({ type: undefined })}>
            {catalogue?.get(filters.type)?.name[language] ?? filters.type}
            <IconX size={13} aria-hidden="true" />
          </button>
        ) : undefined}
        {hasFilter(filters) ? (
          <button
            type="button"
            className={styles.plainButton}
            onClick={() => {
              setTyped('');
              set({ severity: undefined, status: undefined, category: undefined, type: undefined, q: undefined });
            }}
          >
            {t('findings.clear')}
          </button>
        ) : undefined}
        <span className={styles.rowEnd}>
          <span className={styles.total} role="status">
            {total === undefined ? '' : tn('findings.count', total)}
          </span>
          <button
            type="button"
            className={styles.plainButton}
            aria-label={t('findings.shortcuts')}
            title={t('findings.shortcuts')}
            onClick={onHelp}
          >
            <IconKeyboard size={18} aria-hidden="true" />
          </button>
        </span>
      </div>
    </div>
  );
}
