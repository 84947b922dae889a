import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { FindingFilters } from '../pages/findings/finding-filters.ts';
import { request } from './request.ts';
import type { FindingPage, TriageDecision, TypeDescription } from './types.ts';

const pageCount = 200;

function toQuery(filters: FindingFilters, cursor: string | undefined): string {
  const { severity, status, category, type, q, sort, group } = filters;
  const order = group === 'file' ? 'place' : group === 'type' ? 'type' : (sort ?? 'severity');
  const query = new URLSearchParams({ limit: String(pageCount), sort: order });
  if (severity) query.set('severity', severity.join(','));
  if (status) query.set('status', status.join(','));
  if (category) query.set('category', category);
  if (type) query.set('type', type);
  if (q) query.set('q', q);
  if (cursor) query.set('cursor', cursor);
  return query.toString();
}

/** The findings of one scan, or of the whole organisation, page by page. */
export function findingsQuery(filters: FindingFilters, scanId?: string) {
  const path = scanId ? `/api/scans/${scanId}/findings` : '/api/findings';
  return infiniteQueryOptions({
    queryKey: ['findings', scanId ?? 'all', filters],
    queryFn: ({ pageParam, signal }) =>
      request<FindingPage>(`${path}?${toQuery(filters, pageParam || undefined)}`, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

/** What each type of personal data is called, which articles apply, what to do; the same for everyone. */
export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: ({ signal }) => request<{ readonly items: readonly TypeDescription[] }>('/api/catalogue', { signal }),
  staleTime: Infinity,
  select: ({ items }) => new Map(items.map((item) => [item.type, item])),
});

/** Which findings a decision is about: these, or all that the filters select. */
export type TriageTarget =
  | { readonly ids: readonly string[] }
  | { readonly filters: FindingFilters; readonly scanId?: string | undefined };

/** Decides about findings, in one request however many they are. */
export function triageFindings(target: TriageTarget, decision: TriageDecision): Promise<unknown> {
  return request('/api/findings/triage', { method: 'POST', body: { ...toSelection(target), ...decision } });
}

function toSelection(target: TriageTarget): object {
  if ('ids' in target) return { ids: target.ids };
  const { severity, status, category, type, q } = target.filters;
  return {
    filter: {
      ...(target.scanId ? { scanId: target.scanId } : {}),
      ...(severity ? { severity } : {}),
      ...(status ? { status } : {}),
      ...(category ? { category: [category] } : {}),
      ...(type ? { type: [type] } : {}),
      ...(q ? { q } : {}),
    },
  };
}
