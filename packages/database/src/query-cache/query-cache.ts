import { randomInt } from 'node:crypto';
import { queryInvalidations, type QueryInvalidationEvent } from '@dataguardian/telemetry';
import type { ResolvedDatabaseOptions } from '../options.ts';
import type { RunOptions, StatementLayer, StatementResult, StatementRunner } from '../statement-runner.ts';
import type { Wire } from '../wire-observer.ts';
import type { Announcement } from './announcement.ts';
import { createCachedReads } from './cached-reads.ts';
import { createChannel, type ChannelState, type FlushReason } from './channel.ts';
import { createClassifier, type Classification, type Dependency } from './classifier.ts';
import { createEpochs } from './epochs.ts';
import type { LookUpSession } from './look-up-session.ts';
import { resolveQueryCacheOptions } from './options.ts';
import { toParameterKey } from './parameter-key.ts';
import { createPlanBook, type Plan } from './plan-book.ts';
import { refusals, type RefusalCode } from './refusal.ts';
import { createKnownSessions } from './known-sessions.ts';
import { createSessionWatch, type KnownText, type Outgoing } from './session-watch.ts';
import { createSharedReads } from './shared-reads.ts';
import { createWriterLog } from './shared-tier.ts';
import { createSqlParser } from './sql-parser.ts';

/** Whether a statement is answered from memory, and if not, why. */
export type CachingExplanation =
  | {
      readonly cacheable: true;
      /** Tables on which the answer depends, partitions and those behind views included. */
      readonly tables: readonly string[];
      /** `table.column` where only writes to the rows of the given keys make the answer invalid. */
      readonly keys: readonly string[];
      readonly reason: string;
    }
  | {
      readonly cacheable: false;
      readonly tables: readonly string[];
      readonly keys: readonly string[];
      readonly code: RefusalCode;
      readonly reason: string;
    };

const READS: KnownText = { writes: { kind: 'none' }, changesSchema: false };
const noPrelude = (): undefined => undefined;

/** What the cache did and holds. */
export interface QueryCacheStatistics {
  readonly hits: number;
  readonly misses: number;
  readonly bypasses: number;
  readonly uncacheable: number;
  readonly entries: number;
  readonly bytes: number;
  readonly texts: number;
  /** Why nothing is answered from memory at this moment; `open` when it is. */
  readonly state: ChannelState | 'session-settings-changed';
  /** Whether the database reports schema changes at once, or they are looked for once a lease. */
  readonly watchesSchema: boolean;
}

/** Settings that belong to a read and end with it. */
export interface CachedReadOptions {
  /** By name, as `set_config` takes them; they are part of the key. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs one statement in a read-only transaction with settings of its own. */
export type ReadWithSettings = (
  text: string,
  values: readonly unknown[],
  settings: Readonly<Record<string, string>>,
) => Promise<StatementResult>;

/** Answers autocommit reads from memory while nothing they depend on has changed. */
export interface QueryCache extends StatementLayer {
  explain(text: string, options?: CachedReadOptions): Promise<CachingExplanation>;
  read(text: string, values: readonly unknown[], options: CachedReadOptions): Promise<StatementResult>;
  statistics(): QueryCacheStatistics;
  close(): Promise<void>;
}

/** What the cache stands on. */
export interface QueryCacheWorld {
  readonly options: ResolvedDatabaseOptions;
  readonly readWithSettings: ReadWithSettings;
  /** Where the catalogues are asked. @defaultValue the sessions that carry the statements */
  readonly lookUps?: LookUpSession;
}

/**
 * Puts the parts together: the classifier says what an answer depends on, the session watch and the channel move the
 * counters of what is written, the reads keep answers by counters.
 */
export function createQueryCache({ options, readWithSettings, lookUps }: QueryCacheWorld): QueryCache {
  const { clock } = options;
  const { leaseMs, maxBytes, sharedTier, alsoWatch } = resolveQueryCacheOptions(options.queryCacheOptions);
  const isDefault = options.queryCache === 'on';
  const member = randomInt(1, 2 ** 31 - 1);
  const epochs = createEpochs();
  const writers = createWriterLog();
  const names = new Map<number, string>();
  const counts = { hits: 0, misses: 0, bypasses: 0, uncacheable: 0 };
  let inner: StatementRunner | undefined;

  const publish = (tables: readonly string[], origin: QueryInvalidationEvent['origin']): void => {
    if (queryInvalidations.hasSubscribers) queryInvalidations.publish({ tables, origin });
  };
  const flush = (origin: QueryInvalidationEvent['origin']): void => {
    epochs.moveAll();
    writers.interrupt(clock.monotonic());
    publish([], origin);
  };
  /** What silent sessions wrote meanwhile may be more than was known of it: whoever heard of the change before forgets again. */
  const doubt = (): void => {
    if (!knownSessions.wereUsed) return;
    watch.doubt();
    channel.tellToForget();
  };
  const changeSchema = (): void => {
    plans.forget();
    flush('schema');
    doubt();
  };
  const count = (announcement: Announcement, origin: 'own' | 'foreign'): void => {
    if (announcement.kind === 'schema') {
      changeSchema();
      return;
    }
    writers.wrote(announcement.table, announcement.transaction, clock.monotonic());
    publish([names.get(announcement.table) ?? String(announcement.table)], origin);
  };

  const channel = createChannel(options, {
    member,
    leaseMs,
    announced(announcement) {
      epochs.move(announcement);
      count(announcement, 'foreign');
    },
    flush(reason: FlushReason) {
      if (reason === 'schema' || reason === 'joined') plans.forget();
      flush(reason === 'schema' ? 'schema' : reason === 'channel-lost' ? 'channel-lost' : 'foreign');
      if (reason === 'schema' || reason === 'joined') doubt();
    },
    waitingBackends: (ageMs) => watch.waitingBackends(ageMs),
    giveUp: (backendId) => watch.giveUp(backendId),
    complete(snapshot, askedAt) {
      writers.complete(snapshot, askedAt);
    },
  });
  const runOwn = async (text: string, values: readonly unknown[]): Promise<readonly object[]> => {
    if (inner === undefined) throw new Error('the query cache has no runner yet');
    let carrier: Wire | undefined;
    const { rows } = await inner.run(text, values, {
      onConnection(wire) {
        carrier = wire;
      },
    });
    // Another role or search path would see other tables under the same names.
    if (carrier !== undefined && watch.isTainted(carrier)) throw new Error('the session has settings of its own');
    return rows as readonly object[];
  };
  const parser = createSqlParser();
  const classifier = createClassifier(parser, lookUps?.run ?? runOwn);
  const plans = createPlanBook(classifier, (plan) => reads.drop(plan));
  const watch = createSessionWatch({
    clock,
    epochs,
    member,
    know(text) {
      const { classification } = plans.open(text);
      if (classification === undefined) return undefined;
      return classification.kind === 'cacheable' ? READS : classification;
    },
    written(announcements) {
      for (const announcement of announcements) count(announcement, 'own');
      channel.relay(announcements);
    },
    schemaMayHaveChanged() {
      if (!channel.watchesSchema) changeSchema();
    },
    wroteInDoubt() {
      flush('schema');
      channel.tellToForget();
    },
    outcomeUnknown: (backendId) => channel.outcomeUnknown(backendId),
  });
  const knownSessions = createKnownSessions({ member, isPresent: () => channel.isPresent });
  /** Statements of which nothing has to be told may share sessions whose triggers say nothing. */
  const preludeOf = ({ known, isSilent }: Outgoing): RunOptions['prelude'] => {
    if (isSilent) return knownSessions.toPrelude;
    return known === READS ? noPrelude : undefined;
  };
  const isOpen = (): boolean => clock.monotonic() < channel.openUntil && watch.taintedCount() === 0;
  const shared =
    sharedTier === undefined
      ? undefined
      : createSharedReads({
          tier: sharedTier,
          clock,
          scope: JSON.stringify([withoutPassword(options.connectionString), options.role ?? null]),
          writers,
          latestSnapshot: () => channel.snapshot,
        });
  const reads = createCachedReads({ epochs, maxBytes, isOpen, shared });

  const dependenciesOf = (plan: Plan): readonly Dependency[] | undefined => {
    const { classification } = plan;
    return classification?.kind === 'cacheable' ? classification.dependencies : undefined;
  };
  const learn = (classification: Classification | undefined): void => {
    if (classification?.kind !== 'cacheable') return;
    for (const { table, name } of classification.dependencies) names.set(table, name);
  };

  const wrap = (next: StatementRunner): StatementRunner => {
    inner = next;
    const pass = async (
      text: string,
      values: readonly unknown[],
      given: RunOptions,
    ): Promise<{ readonly result: StatementResult; readonly isClean: boolean }> => {
      let carrier: Wire | undefined;
      const statement = watch.lookAt(text, values);
      const result = await next.run(statement.sent, values, {
        ...given,
        prelude: preludeOf(statement),
        onConnection(wire) {
          carrier = wire;
          watch.expect(wire, statement);
          given.onConnection?.(wire);
        },
      });
      return { result, isClean: carrier !== undefined && !watch.isTainted(carrier) };
    };
    const around = async (
      text: string,
      values: readonly unknown[],
      { given, verdict }: { readonly given: RunOptions; readonly verdict: 'bypass' | 'uncacheable' | 'off' },
    ): Promise<StatementResult> => {
      if (verdict === 'bypass') counts.bypasses += 1;
      else if (verdict === 'uncacheable') counts.uncacheable += 1;
      return { ...(await pass(text, values, given)).result, verdict };
    };

    return {
      run(text, values, given) {
        if (given.queryCache === undefined ? !isDefault : given.queryCache === 'off')
          return around(text, values, { given, verdict: 'off' });
        const plan = plans.open(text);
        const dependencies = dependenciesOf(plan);
        if (dependencies === undefined)
          return around(text, values, {
            given,
            verdict: plan.classification === undefined ? 'bypass' : 'uncacheable',
          });
        const parameters = toParameterKey(values);
        if (parameters === undefined) return around(text, values, { given, verdict: 'bypass' });
        const rowMode = given.rowMode ?? 'object';
        const key = rowMode === 'array' ? `A${parameters}` : parameters;
        const kept = isOpen() ? reads.fromMemory(plan.entries, key) : undefined;
        if (kept !== undefined) {
          counts.hits += 1;
          return Promise.resolve(kept);
        }
        learn(plan.classification);
        return tally(
          reads.fromDatabase({ plan, dependencies, key, values, rowMode, send: () => pass(text, values, given) }),
        );
      },
    };
  };

  const tally = async (running: Promise<StatementResult>): Promise<StatementResult> => {
    const result = await running;
    if (result.verdict === 'hit') counts.hits += 1;
    else if (result.verdict === 'miss') counts.misses += 1;
    else counts.bypasses += 1;
    return result;
  };

  for (const source of alsoWatch) source.watchSessions(watch.writesObserver);
  channel.start();
  parser.warmUp();

  return {
    observer: watch.observer,
    sessionChanges: knownSessions,
    wrap,
    async explain(text, { settings } = {}) {
      const plan = plans.open(text, settingNames(settings));
      const classification = await plans.classify(plan);
      if (classification === undefined)
        return {
          cacheable: false,
          tables: [],
          keys: [],
          code: 'not-known-yet',
          reason: refusals['not-known-yet'],
        };
      if (classification.kind === 'uncacheable')
        return { cacheable: false, tables: [], keys: [], code: classification.code, reason: classification.reason };
      const { dependencies } = classification;
      const keys = dependencies.flatMap(({ name, pin }) => (pin === undefined ? [] : [`${name}.${pin.column}`]));
      return {
        cacheable: true,
        tables: dependencies.map(({ name }) => name),
        keys,
        reason: 'Every table that it reads announces its writes.',
      };
    },
    async read(text, values, { settings = {} }) {
      const plan = plans.open(text, settingNames(settings));
      const send = async (): Promise<{ readonly result: StatementResult; readonly isClean: boolean }> => {
        const wasClean = watch.taintedCount() === 0;
        const result = await readWithSettings(text, values, settings);
        return { result, isClean: wasClean && watch.taintedCount() === 0 };
      };
      const dependencies = dependenciesOf(plan);
      const parameters = toParameterKey([...Object.values(settings), ...values]);
      if (dependencies === undefined || parameters === undefined) {
        const verdict = plan.classification === undefined || dependencies !== undefined ? 'bypass' : 'uncacheable';
        counts[verdict === 'bypass' ? 'bypasses' : 'uncacheable'] += 1;
        return { ...(await send()).result, verdict };
      }
      const kept = isOpen() ? reads.fromMemory(plan.entries, parameters) : undefined;
      if (kept !== undefined) {
        counts.hits += 1;
        return kept;
      }
      learn(plan.classification);
      return tally(
        reads.fromDatabase({ plan, dependencies, key: parameters, values, settings, rowMode: 'object', send }),
      );
    },
    statistics: () => ({
      ...counts,
      entries: reads.count,
      bytes: reads.bytes,
      texts: plans.count,
      state: watch.taintedCount() > 0 ? 'session-settings-changed' : channel.state,
      watchesSchema: channel.watchesSchema,
    }),
    async close() {
      await lookUps?.close();
      await channel.close();
    },
  };
}

function settingNames(settings: Readonly<Record<string, string>> | undefined): readonly string[] | undefined {
  return settings === undefined ? undefined : Object.keys(settings);
}

function withoutPassword(connectionString: string | undefined): string {
  return (connectionString ?? '').replace(/\/\/([^:@/]*):[^@]*@/, '//$1@');
}

/** What `explain` says where no cache is. */
export const cachingIsOff: CachingExplanation = {
  cacheable: false,
  tables: [],
  keys: [],
  code: 'cache-off',
  reason: refusals['cache-off'],
};
