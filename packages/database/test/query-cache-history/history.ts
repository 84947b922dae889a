/** The rows of the history: `kv` has one version number per key; {@link PAIR} always move together. */
export const KEY_COUNT = 20;
export const PAIR: readonly [number, number] = [18, 19];
/** A rolled-back transaction adds this to a version: nobody may ever see so much. */
export const NEVER = 1_000_000;
export const LEASE_MS = 1_000;

/** The reads, by number: narrowed to a key, whole table, join, view, two keys. */
export const READS: readonly string[] = [
  'select id, n from kv where id = $1',
  'select id, n from kv order by id',
  'select k.id, k.n, l.label from kv k join label l on l.id = k.id where k.id = $1 and l.id >= 0',
  'select id, n from kv_view where id = $1',
  'select id, n from kv where id in ($1, $2) order by id',
];

export const SETUP: readonly string[] = [
  'create table kv (id int primary key, n bigint not null)',
  'create table label (id int primary key, label text not null)',
  `insert into kv select g, 0 from generate_series(0, ${KEY_COUNT - 1}) g`,
  `insert into label select g, 'label ' || g from generate_series(0, ${KEY_COUNT - 1}) g`,
  'create view kv_view as select id, n from kv',
  `create function bump(k int) returns bigint language plpgsql as $f$
   declare v bigint; begin execute 'update kv set n = n + 1 where id = $1 returning n' into v using k; return v; end $f$`,
];

/** A write that was acknowledged. Times are milliseconds of the machine's monotonic clock. */
export interface Write {
  readonly key: number;
  readonly version: number;
  readonly ackedAt: number;
}

/** What one read saw of one key. */
export interface Seen {
  readonly read: number;
  readonly key: number;
  readonly version: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What a process reports, piece by piece, so that one that is killed has told most of it. */
export interface Report {
  readonly kind: 'report';
  readonly writes: readonly Write[];
  readonly seen: readonly Seen[];
  /** Found while it ran: stale against own acknowledged writes, backward, torn, or never committed. */
  readonly violations: readonly string[];
  readonly hits: number;
  readonly sharedHits: number;
  readonly reads: number;
  readonly errors: number;
}

/** What a process saw at the end, by read. */
export interface Final {
  readonly kind: 'final';
  readonly versions: readonly (readonly number[])[];
  readonly hits: number;
}

/** `stopped`: nothing that it writes is under way any more. */
export type FromProcess = { readonly kind: 'ready' } | { readonly kind: 'stopped' } | Report | Final;
export type ToProcess =
  /** Nobody writes for a while: what is stale now has no later write to cover it. */
  | { readonly kind: 'pause-writing'; readonly ms: number }
  | { readonly kind: 'stop-writing' }
  | { readonly kind: 'final' }
  | { readonly kind: 'end' };

/** Milliseconds of a clock that all processes of the machine share. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
