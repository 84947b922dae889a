import type { FindingCategory, Severity, TriageStatus } from '../../api/types.ts';

/** Ways to order findings. */
export const sortings = ['severity', 'newest', 'score', 'place', 'type'] as const;

/** One way to order findings. */
export type FindingSort = (typeof sortings)[number];

/** Ways to put findings under headings. */
export const groupings = ['none', 'file', 'type'] as const;

/** One way to put findings under headings. */
export type FindingGroup = (typeof groupings)[number];

/** The triage states, in the order of the filter. */
export const triageStatuses: readonly TriageStatus[] = [
  'open',
  'confirmed',
  'false_positive',
  'accepted_risk',
  'fixed',
];

/** The families of personal data, in the order of the filter. */
export const categories: readonly FindingCategory[] = [
  'special',
  'identifier',
  'credential',
  'financial',
  'contact',
  'location',
  'online',
];

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** What the findings table shows; the whole of it stands in the address, so a view can be bookmarked and sent. */
export interface FindingFilters {
  readonly severity?: readonly Severity[];
  readonly status?: readonly TriageStatus[];
  readonly category?: FindingCategory;
  readonly type?: string;
  readonly q?: string;
  readonly sort?: FindingSort;
  readonly group?: FindingGroup;
}

const known = <Value extends string>(list: readonly Value[], value: unknown): Value | undefined =>
  list.find((candidate) => candidate === value);

function knownList<Value extends string>(list: readonly Value[], value: unknown): readonly Value[] | undefined {
  const wanted = Array.isArray(value) ? value : [value];
  const found = list.filter((candidate) => wanted.includes(candidate));
  return found.length > 0 ? found : undefined;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** Reads the filters of an address; what it does not know is left out. */
export function parseFindingFilters(search: Readonly<Record<string, unknown>>): FindingFilters {
  const all = {
    severity: knownList(severities, search['severity']),
    status: knownList(triageStatuses, search['status']),
    category: known(categories, search['category']),
    type: text(search['type']),
    q: text(search['q']),
    sort: known(sortings, search['sort']),
    group: known(groupings, search['group']),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** True when a filter hides findings; order and grouping hide none. */
export function hasFilter({ severity, status, category, type, q }: FindingFilters): boolean {
  return [severity, status, category, type, q].some((value) => value !== undefined);
}
