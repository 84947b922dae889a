import { Client } from 'pg';
import type { ResolvedDatabaseOptions } from '../options.ts';
import { OWN_STATEMENT } from './catalogue.ts';
import { keepAlive } from '../wire/pg-client.ts';
import { CHANNEL, MEMBER_LOCK, RELAY_LOCK } from './invalidation-sql.ts';

/** What the server says at a beat. */
export interface BeatAnswer {
  /** Members whose lock is held or waited for. */
  readonly present: ReadonlySet<number>;
  /** Members of which a transaction is open that they will announce. */
  readonly relaying: ReadonlySet<number>;
  /** Of the asked backends, those that are gone or have nothing under way. */
  readonly settled: ReadonlySet<number>;
  readonly snapshot: string;
  /** Whether event triggers report changes of the schema. */
  readonly watchesSchema: boolean;
  /** Changes with the roles whose rights the reads have, and, where no event trigger tells, with the schema. */
  readonly schemaPrint: string;
}

/** The connection on which a process hears the others. */
export interface ChannelSession {
  /** Listens, says `joinPayload` and takes the member's lock. */
  join(joinPayload: string): Promise<void>;
  notify(payloads: readonly string[]): Promise<void>;
  /** Notifies, and asks how things stand. */
  beat(payloads: readonly string[], backends: readonly number[], now: number): Promise<BeatAnswer>;
  end(): Promise<void>;
}

/** Without an answer for that many leases the connection counts as lost. */
const PATIENCE_LEASES = 4;
/** A member that says nothing for that long is put out by the server, so that the others need not wait for it. */
const LEAST_SILENCE_MS = 10_000;

const NOTIFY = `${OWN_STATEMENT}select pg_notify('${CHANNEL}', p) from unnest($1::text[]) p`;

const BEAT = `${OWN_STATEMENT}
select (select count(pg_notify('${CHANNEL}', p)) from unnest($1::text[]) p) as notified,
  pg_current_snapshot()::text as snapshot,
  (select coalesce(json_agg(json_build_array(l.classid::int8, l.objid::int8)), '[]') from pg_locks l
   where l.locktype = 'advisory' and l.objsubid = 2 and l.classid in (${MEMBER_LOCK}, ${RELAY_LOCK})
     and (l.classid = ${RELAY_LOCK} or l.mode = 'ExclusiveLock')
     and l.database = (select oid from pg_database where datname = current_database())) as locks,
  (select coalesce(json_agg(b), '[]') from unnest($2::int[]) b
   where not exists (select from pg_stat_activity a where a.pid = b and a.state <> 'idle')) as settled,
  (select count(*) = 2 from pg_event_trigger where evtname in ('dgopt_schema', 'dgopt_drop') and evtenabled = 'A') as watches,
  (select case when a.rolsuper or a.rolbypassrls then 'all' else (
     select string_agg(r.oid::text, ' ' order by r.oid) from pg_roles r where pg_has_role(a.oid, r.oid, 'usage')
   ) end from pg_roles a where a.rolname = coalesce($3, current_user::text)) as rights`;

/** Rows of the catalogues get new versions when the schema changes; their versions' numbers, summed, tell. */
const SCHEMA_PRINT = `${OWN_STATEMENT}
select sum(h)::text as print from (
  select sum(hashtextextended(oid::text || xmin::text, 0)) as h from pg_class where oid >= 16384
  union all select sum(hashtextextended(attrelid::text || attnum::text || xmin::text, 1)) from pg_attribute where attrelid >= 16384
  union all select sum(hashtextextended(oid::text || xmin::text, 2)) from pg_trigger
  union all select sum(hashtextextended(oid::text || xmin::text, 3)) from pg_policy
  union all select sum(hashtextextended(oid::text || xmin::text, 4)) from pg_proc where oid >= 16384
  union all select sum(hashtextextended(inhrelid::text || inhparent::text, 5)) from pg_inherits
  union all select sum(hashtextextended(oid::text || xmin::text, 6)) from pg_rewrite where oid >= 16384
) s`;

/** Opens nothing until {@link ChannelSession.join}. */
export function createChannelSession(
  options: ResolvedDatabaseOptions,
  hooks: {
    readonly member: number;
    readonly leaseMs: number;
    hear(payload: string): void;
    lost(): void;
  },
): ChannelSession {
  const { leaseMs, member } = hooks;
  const { clock } = options;
  const client = new Client({
    connectionString: options.connectionString,
    application_name: `${options.applicationName} cache`,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
  });
  let ended = false;
  let printedAt = Number.NEGATIVE_INFINITY;
  let schemaPrint = '';
  let lastAsked: Promise<unknown> = Promise.resolve();
  const lose = (): void => {
    if (ended) return;
    ended = true;
    hooks.lost();
  };
  client.on('error', lose);
  client.on('end', lose);
  client.on('notification', ({ payload }) => hooks.hear(payload ?? ''));

  // By name, so that the server plans it once: while it thinks, nothing is told and nothing heard.
  const ask = async <Row extends object>(
    text: string,
    values: readonly unknown[],
    { name, patienceMs = leaseMs * PATIENCE_LEASES }: { readonly name?: string; readonly patienceMs?: number } = {},
  ): Promise<Row[]> => {
    const timer = clock.schedule(patienceMs, () => {
      lose();
      void end();
    });
    // One after the other: a relay may come while a beat is under way.
    const answer = lastAsked.then(() =>
      client.query<Row>({ text, values: [...values], ...(name === undefined ? {} : { name }) }),
    );
    lastAsked = answer.catch(() => undefined);
    try {
      return (await answer).rows;
    } finally {
      timer.cancel();
    }
  };
  const end = async (): Promise<void> => {
    ended = true;
    // A half-open connection would wait for a farewell that never comes.
    const stream = (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
    const timer = clock.schedule(leaseMs, () => stream.destroy());
    await client.end().catch(() => undefined);
    timer.cancel();
  };

  return {
    async join(joinPayload) {
      await client.connect();
      // A cache is no reason for a process to stay.
      keepAlive(client, false);
      const silenceMs = Math.max(LEAST_SILENCE_MS, leaseMs * 10);
      const settings = `set idle_session_timeout = ${silenceMs}; set synchronous_commit = off; set statement_timeout = 0`;
      await ask(`${settings}; listen ${CHANNEL}`, []);
      await ask(NOTIFY, [[joinPayload]]);
      // Waits while a session of this member that was lost half-way still holds it, until the server puts that one out.
      await ask('select pg_advisory_lock($1::int, $2::int)', [MEMBER_LOCK, member], { patienceMs: silenceMs * 2 });
    },
    async notify(payloads) {
      await ask(NOTIFY, [payloads], { name: 'notify' });
    },
    async beat(payloads, backends, now) {
      const [row] = await ask<{
        snapshot: string;
        locks: readonly (readonly [number, number])[];
        settled: readonly number[];
        watches: boolean;
        rights: string | null;
      }>(BEAT, [payloads, backends, options.role ?? null], { name: 'beat' });
      if (row === undefined) throw new Error('a beat was answered without a row');
      if (row.watches) {
        schemaPrint = '';
      } else if (now - printedAt >= leaseMs) {
        printedAt = now;
        schemaPrint = (await ask<{ print: string | null }>(SCHEMA_PRINT, [], { name: 'print' }))[0]?.print ?? '';
      }
      const others = row.locks.filter(([, holder]) => holder !== member);
      return {
        present: new Set(others.filter(([kind]) => kind === MEMBER_LOCK).map(([, holder]) => holder)),
        relaying: new Set(others.filter(([kind]) => kind === RELAY_LOCK).map(([, holder]) => holder)),
        settled: new Set(row.settled),
        snapshot: row.snapshot,
        watchesSchema: row.watches,
        schemaPrint: `${row.rights ?? ''}/${schemaPrint}`,
      };
    },
    end,
  };
}
