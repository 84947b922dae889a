import { createHistogram, systemClock, type Clock } from '@dataguardian/telemetry';
import { DatabaseError } from '../errors.ts';
import type { ServedState } from '../statements/statement-record.ts';
import type { StatementStatistics } from '../statements/statement-statistics.ts';
import { buildIndex, dropIndex, type AdvisorDatabase, type BuildGuards, type BuildProgress } from './index-build.ts';
import { resolveLimits, type IndexAdvisorLimits } from './limits.ts';
import { makeAdvice, toTouching } from './make-advice.ts';
import { createIndexManifest, type ManifestEntry } from './manifest.ts';
import {
  toNewIndexes,
  type CreateRecommendation,
  type IndexAdvice,
  type IndexProof,
  type IndexRecommendation,
  type NewIndex,
} from './recommendation.ts';
import { judgeIndex, toRecent, type IndexVerification } from './verification.ts';

/** What the advisor works with. */
export interface IndexAdvisorOptions {
  /** With the rights of the tables' owner, and of creating schemas. */
  readonly database: AdvisorDatabase;
  /** Of the statements that the indexes are for; give its `observer` to the pool that sends them. */
  readonly statements: StatementStatistics;
  readonly clock?: Clock;
  readonly limits?: IndexAdvisorLimits;
  /**
   * What had reached the server some minutes ago. With it a change is compared with the time right before it, and not
   * with all time: what became slow yesterday was fast for a year. @defaultValue nothing: all that was counted
   */
  readonly earlier?: () => ReadonlyMap<string, ServedState> | undefined;
  /** Free room where the server keeps its tables. @defaultValue not checked */
  readonly freeDiskBytes?: () => Promise<number | undefined>;
  /**
   * Pools that send the statements: after a change they have them planned anew, else the server keeps to plans that it
   * chose without the index. @defaultValue [database]
   */
  readonly carriers?: readonly Pick<AdvisorDatabase, 'renewStatements'>[];
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Hears what was done, in one sentence. */
  readonly log?: (message: string) => void;
}

/** Advises indexes, proves its advice by measuring, carries it out guarded, and takes back what keeps no promise. */
export interface IndexAdvisor {
  /**
   * Looks at the workload and proves what would help it. Takes seconds to minutes and one connection; changes nothing but
   * a schema of its own, which it drops. Values of sampled executions are forgotten afterwards.
   */
  recommend(): Promise<IndexAdvice>;
  /** The proof of a recommendation; established again when it is old. Undefined when it no longer holds. */
  prove(id: string): Promise<IndexProof | undefined>;
  /** @throws DatabaseError DATABASE_INDEX_UNKNOWN, DATABASE_INDEX_BUSY, DATABASE_INDEX_NO_SPACE, DATABASE_INDEX_FAILED */
  apply(id: string): Promise<ManifestEntry>;
  /**
   * Compares the times of statements before and since. A change without its gain, or with which something became slower,
   * is taken back.
   * @throws DatabaseError as {@link apply}
   */
  verify(id: string): Promise<IndexVerification>;
  /** Takes a change back; one that was taken back already is no error. @throws DatabaseError as {@link apply} */
  undo(id: string): Promise<void>;
  /** What was applied, and what became of it. */
  manifest(): Promise<readonly ManifestEntry[]>;
}

/** What verifying compares with: kept in memory, and made from the proof after a restart. */
interface Baseline {
  readonly before: ReadonlyMap<string, ServedState>;
  readonly atStart: ReadonlyMap<string, ServedState>;
  readonly touching: ReadonlySet<string>;
  readonly writing: ReadonlySet<string>;
}

const PROOF_LIFETIME_MS = 15 * 60_000;

/** Creates an advisor; it acts only when called, one call after another. */
export function createIndexAdvisor(options: IndexAdvisorOptions): IndexAdvisor {
  const { database, statements, clock = systemClock, log = () => undefined } = options;
  const limits = resolveLimits(options.limits);
  const { carriers = [database] } = options;
  const renew = (): void => {
    for (const carrier of carriers) carrier.renewStatements();
  };
  const manifest = createIndexManifest(database);
  const guards: BuildGuards = {
    database,
    clock,
    limits,
    freeDiskBytes: options.freeDiskBytes,
    onProgress: options.onProgress,
  };
  const known = new Map<string, IndexRecommendation>();
  const baselines = new Map<string, Baseline>();
  let workload: Awaited<ReturnType<typeof makeAdvice>>['workload'] = [];
  let provenAt = Number.NEGATIVE_INFINITY;
  let last: Promise<unknown> = Promise.resolve();

  /** Copies and builds do not disturb each other's measurements: one after another. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const running = last.then(work, work);
    last = running.catch(() => undefined);
    return running;
  };

  const recommend = async (): Promise<IndexAdvice> => {
    const { advice, workload: seen } = await database.withConnection(
      (sql) => makeAdvice(sql, { pool: database, statements, manifest, clock, limits }),
      { observed: false },
    );
    // Values were needed for the proofs and are needed no more.
    statements.sampler.drop();
    workload = seen.map((statement) => ({ ...statement, samples: [] }));
    provenAt = clock.monotonic();
    known.clear();
    for (const recommendation of advice.recommendations) known.set(recommendation.id, recommendation);
    log(
      `${advice.recommendations.length} recommendations from ${advice.statementCount} statements and ${advice.candidateCount} candidates in ${Math.round(advice.durationMs)} ms`,
    );
    return advice;
  };

  const findEntry = async (id: string): Promise<ManifestEntry> => {
    const entry = (await manifest.list()).find((one) => one.id === id);
    if (entry === undefined) throw new DatabaseError('DATABASE_INDEX_UNKNOWN', `${id} was never applied.`);
    return entry;
  };

  const dropAll = async (indexes: readonly NewIndex[]): Promise<void> => {
    for (const { table, indexName: name } of indexes) await dropIndex(guards, { schema: schemaOf(table), name });
  };

  const buildAll = async (recommendation: CreateRecommendation): Promise<void> => {
    const indexes = toNewIndexes(recommendation);
    const comment = `dgopt: ${recommendation.reason}`;
    for (const [place, { table, indexName: name, statement, sizeBytes }] of indexes.entries()) {
      try {
        await buildIndex(guards, { schema: schemaOf(table), name, sizeBytes, statement, comment });
      } catch (error) {
        // Those before it are of no use without it.
        await dropAll(indexes.slice(0, place));
        throw error;
      }
    }
    // Expressions have statistics of their own, and an index that holds all columns needs pages known as visible.
    await database.withConnection(async (sql) => {
      await sql.query('set statement_timeout = 0');
      try {
        for (const table of new Set(indexes.map((index) => index.table)))
          await sql.query(`vacuum (analyze, skip_locked) ${table}`);
      } finally {
        await sql.query('reset statement_timeout');
      }
    });
  };

  const takeBack = async (recommendation: IndexRecommendation, state: 'reverted' | 'undone'): Promise<void> => {
    const { indexName: name, sizeBytes, table } = recommendation;
    if (recommendation.kind === 'create') await dropAll(toNewIndexes(recommendation));
    else if (recommendation.cause !== 'invalid')
      await buildIndex(guards, {
        schema: schemaOf(table),
        name,
        sizeBytes,
        statement: recommendation.restore,
        comment: undefined,
      });
    renew();
    await manifest.keep(recommendation, state);
    baselines.delete(recommendation.id);
    log(`${recommendation.id} was taken back (${state})`);
  };

  return {
    recommend: () => inTurn(recommend),
    prove: (id) =>
      inTurn(async () => {
        if (!known.has(id) || clock.monotonic() - provenAt > PROOF_LIFETIME_MS) await recommend();
        return known.get(id)?.proof;
      }),
    apply: (id) =>
      inTurn(async () => {
        const recommendation = known.get(id);
        if (recommendation === undefined)
          throw new DatabaseError('DATABASE_INDEX_UNKNOWN', `No recommendation has the id ${id}.`);
        const { table, indexName: name, statement } = recommendation;
        const before = toRecent(statements.served(), options.earlier?.(), limits.verificationCount);
        const isNew = recommendation.kind === 'create';
        const tables = isNew ? toNewIndexes(recommendation).map((index) => index.table) : [table];
        if (isNew) await buildAll(recommendation);
        else await dropIndex(guards, { schema: schemaOf(table), name });
        renew();
        await manifest.keep(recommendation, 'applied');
        baselines.set(id, { before, atStart: statements.served(), ...toTouching(workload, tables) });
        log(`${id} was applied: ${statement}`);
        return findEntry(id);
      }),
    verify: (id) =>
      inTurn(async () => {
        const { recommendation, state } = await findEntry(id);
        const baseline = baselines.get(id) ?? toBaseline(recommendation);
        const judged = judgeIndex({ recommendation, ...baseline, now: statements.served(), limits });
        const isInForce = state === 'applied' || state === 'verified';
        const reverted = isInForce && (judged.verdict === 'absent' || judged.verdict === 'worse');
        if (reverted) await takeBack(recommendation, 'reverted');
        else if (judged.verdict === 'confirmed' && state === 'applied') await manifest.keep(recommendation, 'verified');
        return { ...judged, reverted };
      }),
    undo: (id) =>
      inTurn(async () => {
        const { recommendation, state } = await findEntry(id);
        if (state === 'applied' || state === 'verified') await takeBack(recommendation, 'undone');
      }),
    manifest: () => manifest.list(),
  };
}

/** After a restart the proof's own figures stand in for what was counted before. */
function toBaseline({ proof }: IndexRecommendation): Baseline {
  const before = new Map(
    proof.affected.map(({ fingerprint, count, before: timing }) => {
      const histogram = createHistogram();
      histogram.record(timing.medianMs, Math.max(1, count));
      return [fingerprint, { rowCount: 0, times: histogram.state() }] as const;
    }),
  );
  return { before, atStart: new Map(), touching: new Set(before.keys()), writing: new Set() };
}

/** Of a quoted `schema.table` the schema, bare. */
function schemaOf(table: string): string {
  const [, quoted, bare] = /^(?:"((?:[^"]|"")*)"|(\w+))\./.exec(table) ?? [];
  return quoted?.replaceAll('""', '"') ?? bare ?? 'public';
}
