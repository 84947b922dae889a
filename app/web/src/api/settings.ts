import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { Settings } from './types.ts';

/** What the organisation decided about scans; administrators only. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => request<Settings>('/api/settings', { signal }),
});

/** Changes what is given and leaves the rest. */
export function changeSettings(change: Partial<Settings>): Promise<Settings> {
  return request('/api/settings', { method: 'PATCH', body: change });
}
