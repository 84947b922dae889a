/** A group of servers of which Redis Sentinel says who leads. */
export interface SentinelOptions {
  /** The name under which the sentinels know the group. */
  readonly masterName: string;
  /** Addresses of sentinels, as `redis://` or `rediss://` URLs; they are asked in this order. */
  readonly sentinels: readonly string[];
  /** User, password and database of the servers themselves, as a URL whose host does not matter; `rediss:` for TLS. */
  readonly serverUrl?: string;
}

/** A Redis Cluster. */
export interface ClusterOptions {
  /** Addresses of some of its nodes, with user and password, which are used for all nodes. The rest is discovered. */
  readonly nodes: readonly string[];
}

/** Where Redis is. */
export type RedisTarget =
  | { readonly kind: 'server'; readonly url: string }
  | ({ readonly kind: 'sentinel' } & SentinelOptions)
  | ({ readonly kind: 'cluster' } & ClusterOptions);

/** The address with another host and port. */
export function withAddress(url: string, host: string, port: number): string {
  const changed = new URL(url);
  changed.hostname = host.includes(':') ? `[${host}]` : host;
  changed.port = String(port);
  return changed.href;
}
