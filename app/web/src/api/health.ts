import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

/** How the platform's parts are doing. */
export interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  readonly components: Readonly<
    Record<string, { readonly status: 'up' | 'degraded' | 'down'; readonly detail: string }>
  >;
}

const healthIntervalMs = 20_000;

/** The health of the platform, asked for again and again while a page is open. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => request<Health>('/health/ready', { signal }),
  refetchInterval: healthIntervalMs,
});
