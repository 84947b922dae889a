import { openClusterConnection } from './cluster-connection.ts';
import { type Connection, type ConnectionOptions, openConnection } from './connection.ts';
import type { RedisTarget } from './redis-target.ts';
import { openSentinelConnection } from './sentinel.ts';

/** Opens a connection to wherever Redis is at present. Rejects when that fails. */
export function openTarget(target: RedisTarget, options: Omit<ConnectionOptions, 'url'>): Promise<Connection> {
  switch (target.kind) {
    case 'server':
      return openConnection({ ...options, url: target.url });
    case 'sentinel':
      return openSentinelConnection(target, options);
    case 'cluster':
      return openClusterConnection(target, options);
  }
}
