import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { Overview, Scan, ScanSource, SkippedItem } from './types.ts';

const pageCount = 50;

/** Scans from newest to oldest, page by page. */
export const scansQuery = infiniteQueryOptions({
  queryKey: ['scans'],
  queryFn: ({ pageParam, signal }) =>
    request<{ readonly items: readonly Scan[]; readonly nextCursor?: string | null }>(
      `/api/scans?limit=${pageCount}${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`,
      { signal },
    ),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

/** One scan. */
export function scanQuery(id: string) {
  return queryOptions({
    queryKey: ['scan', id],
    queryFn: ({ signal }) => request<Scan>(`/api/scans/${id}`, { signal }),
  });
}

/** What a scan could not read. */
export function skippedQuery(id: string) {
  return queryOptions({
    queryKey: ['skipped', id],
    queryFn: ({ signal }) =>
      request<{ readonly items: readonly SkippedItem[] }>(`/api/scans/${id}/skipped`, { signal }),
  });
}

/** Risk at a glance. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => request<Overview>('/api/overview', { signal }),
});

/** Starts a scan. */
export function startScan(scan: { readonly name: string; readonly source: ScanSource }): Promise<Scan> {
  return request('/api/scans', { method: 'POST', body: scan });
}

/** Starts a scan of the invented data that comes with the product. */
export function startSampleScan(name: string): Promise<Scan> {
  return request('/api/scans/sample', { method: 'POST', body: { name } });
}

/** Asks the workers to stop; findings made so far stay. */
export function cancelScan(id: string): Promise<unknown> {
  return request(`/api/scans/${id}/cancel`, { method: 'POST' });
}

/** Runs a finished scan again. */
export function retryScan(id: string): Promise<unknown> {
  return request(`/api/scans/${id}/retry`, { method: 'POST' });
}

/** Removes a scan with its findings. */
export function deleteScan(id: string): Promise<unknown> {
  return request(`/api/scans/${id}`, { method: 'DELETE' });
}

/** The analysts of the organisation, and whether each may see the scan. */
export function sharesQuery(id: string) {
  return queryOptions({
    queryKey: ['shares', id],
    queryFn: ({ signal }) =>
      request<{
        readonly items: readonly { readonly id: string; readonly email: string; readonly hasAccess: boolean }[];
      }>(`/api/scans/${id}/shares`, { signal }),
  });
}

/** Sets who may see the scan beside its owner, managers and auditors. */
export function shareScan(id: string, userIds: readonly string[]): Promise<unknown> {
  return request(`/api/scans/${id}/shares`, { method: 'POST', body: { userIds } });
}
