import type { Proposal, Prover, Rule } from '@dataguardian/advisor';
import { createBatchRewriter, toFingerprint, type BatchRewrite, type Database } from '@dataguardian/database';
import type { Bottleneck, Profiler, Snapshot, Span, Trace } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { measureRewrite } from './measure-rewrite.ts';
import type { ValueSamples } from './value-samples.ts';

/** One statement instead of many, in the advisor's loop. The code is people's to change: nothing is applied. */
export interface RewriteAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  /** Whether a bottleneck is covered by a measured rewrite, so that no bound has to be told of it. */
  covers(bottleneck: Bottleneck): boolean;
}

/** What the advice rests on. */
export interface RewriteAdviceOptions {
  readonly profiler: Pick<Profiler, 'bottlenecks' | 'traces'>;
  readonly samples: ValueSamples;
  /** May read the tables that the statements read. */
  readonly database: Pick<Database, 'transaction'>;
  readonly clock: Clock;
}

/** What was found out about a repeated statement. */
interface Known {
  readonly statement: string;
  readonly since: number;
  text: string | undefined;
  rewrites: readonly BatchRewrite[];
  triedAt: number | undefined;
  isProven: boolean;
}

const UNKNOWN: Omit<Known, 'statement' | 'since'> = {
  text: undefined,
  rewrites: [],
  triedAt: undefined,
  isProven: false,
};

/** A statement that a route repeats. */
interface Repeated {
  readonly fingerprint: string;
  /** Its shape. */
  readonly statement: string;
  readonly route: string;
  readonly location: string;
  /** Executions in one request. */
  readonly repeatCount: number;
  /** Mean time of them in one request, and of the whole request. */
  readonly statementsMs: number;
  readonly requestMs: number;
  /** Requests that these means are of, and their share of those that were looked at. */
  readonly requestCount: number;
  readonly requestShare: number;
}

const KIND = 'query.rewrite';
const WINDOW_MS = 5 * 60_000;
const SECONDS_PER_DAY = 86_400;
const LEAST_GAIN = 1.2;
const FEWEST_REPEATS = 5;
/** Traces of a route that were kept as they came; older ones were kept for being slow. */
const LATEST = 20;
const MOST_KNOWN = 200;
/** So long a bound of the same place is held back. */
const PATIENCE_MS = 60_000;
/** A proof is established again when it is a quarter of an hour old; values are collected before that. */
const AGAIN_MS = 10 * 60_000;

/** Proposes one statement for many where the profiler sees one a row, measured on the real database with real values. */
export function createRewriteAdvice({ profiler, samples, database, clock }: RewriteAdviceOptions): RewriteAdvice {
  const rewriter = createBatchRewriter();
  const known = new Map<string, Known>();

  /** Values are wanted until a measurement was made, and again before its proof is too old. */
  const isWanted = ({ triedAt }: Known): boolean => triedAt === undefined || clock.now() - triedAt >= AGAIN_MS;

  /** What is known of the statement. */
  const recall = ({ fingerprint, statement }: Repeated): Known => {
    const former = known.get(fingerprint);
    if (former !== undefined) return former;
    if (known.size >= MOST_KNOWN) known.clear();
    const own = { statement, since: clock.now(), ...UNKNOWN };
    known.set(fingerprint, own);
    return own;
  };

  /** Its text and rewrites, as soon as one execution was seen. */
  const learn = async (one: Repeated): Promise<Known> => {
    const own = recall(one);
    if (isWanted(own)) samples.watch(one.fingerprint);
    const seen = samples.samplesOf(one.fingerprint);
    if (own.text === undefined && seen !== undefined) {
      own.rewrites = await rewriter.rewrite(seen.text);
      own.text = seen.text;
    }
    return own;
  };

  /** Proved, or about to be. */
  const isPromising = ({ isProven, triedAt, since, text, rewrites }: Known): boolean =>
    isProven ||
    (triedAt === undefined && clock.now() - since < PATIENCE_MS && (text === undefined || rewrites.length > 0));

  const repeated = (): Repeated[] =>
    profiler
      .bottlenecks(WINDOW_MS)
      .filter(({ rule }) => rule === 'n-plus-one')
      .flatMap((bottleneck) => toRepeated(bottleneck, profiler.traces(WINDOW_MS)));

  return {
    covers: ({ rule, subject }) =>
      rule === 'n-plus-one' && [...known.values()].some((own) => own.statement === subject && isPromising(own)),
    rule: {
      name: 'n-plus-one-rewrite',
      async propose() {
        const proposals: Proposal[] = [];
        const all = repeated();
        // Before anything is waited for: other rules ask in the same turn what is covered.
        all.forEach(recall);
        for (const one of all) {
          const [rewrite] = (await learn(one)).rewrites;
          if (rewrite !== undefined) proposals.push(toProposal(one, rewrite));
        }
        return proposals;
      },
    },
    prover: {
      kind: KIND,
      async prove({ change }, snapshot) {
        const one = repeated().find(({ route, fingerprint }) => `${route} ${fingerprint}` === change.subject);
        const own = one === undefined ? undefined : known.get(one.fingerprint);
        const seen = one === undefined ? undefined : samples.samplesOf(one.fingerprint);
        if (one === undefined || own === undefined || seen === undefined || !isWanted(own)) return undefined;
        for (const rewrite of own.rewrites) {
          const trial = { database, clock, samples: seen, rewrite, perRequest: one.repeatCount };
          // What cannot be run by itself (settings of a session that it needs, say) cannot be proved.
          const measured = await measureRewrite(trial).catch(() => 'failed' as const);
          // Too few different values so far: the next look may have more.
          if (measured === 'few') return undefined;
          own.triedAt = clock.now();
          if (measured === 'different' || measured === 'failed') continue;
          samples.forget(one.fingerprint);
          const saved = one.statementsMs * (1 - measured.togetherMs / measured.oneByOneMs);
          const after = one.requestMs - saved;
          if (one.requestMs / after < LEAST_GAIN) return undefined;
          own.isProven = true;
          const ratio = (measured.oneByOneMs / measured.togetherMs).toFixed(1);
          const percent = `${Math.round((saved / one.requestMs) * 100)}%`;
          return {
            method: 'measured',
            description: {
              en: `On this database, with ${measured.valueCount} values that were asked for, read-only: the same rows, one statement is ${ratio} times as fast as ${measured.valueCount} (${measured.rounds} rounds in turns). Of the route at most ${percent} is saved.`,
              nl: `Op deze database, met ${measured.valueCount} gevraagde waarden, alleen lezend: dezelfde rijen, één query is ${ratio} keer zo snel als ${measured.valueCount} (${measured.rounds} rondes om en om). Op de route scheelt het hoogstens ${percent}.`,
            },
            metric: 'requests.p95',
            figure: { en: `mean time of ${one.route}, ms`, nl: `gemiddelde tijd van ${one.route}, ms` },
            before: one.requestMs,
            after,
            better: 'lower',
            gainInterval: [boundOf(one, measured.ratios[0]), boundOf(one, measured.ratios[1])],
            savedSecondsPerDay: (saved * perSecond(one, snapshot) * SECONDS_PER_DAY) / 1_000,
          };
        }
        return undefined;
      },
    },
  };
}

/** Requests of the route a second that repeat the statement: its part of all requests of the windows. */
function perSecond({ route, requestShare }: Repeated, { windows, routes }: Snapshot): number {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const all = sum(routes.map(({ count }) => count));
  const own = routes.find(({ name }) => name === route)?.count ?? 0;
  const seconds = sum(windows.map(({ durationMs }) => durationMs)) / 1_000;
  if (all === 0 || seconds === 0) return 0;
  return (sum(windows.map(({ requests }) => requests.count)) / seconds) * (own / all) * requestShare;
}

/** Gain of the whole request when its statements take `ratio` times less. */
function boundOf({ requestMs, statementsMs }: Repeated, ratio: number): number {
  return requestMs / (requestMs - statementsMs * (1 - 1 / Math.max(1, ratio)));
}

function toRepeated({ subject, location }: Bottleneck, traces: readonly Trace[]): Repeated[] {
  const own = (trace: Trace): readonly Span[] =>
    trace.spans.filter(({ kind, name }) => kind === 'sql' && name === subject);
  const requests = Map.groupBy(
    traces.filter(({ kind }) => kind === 'request'),
    ({ name }) => name,
  );
  return [...requests].flatMap(([route, ofRoute]) => {
    const latest = ofRoute.toSorted((a, b) => b.at - a.at).slice(0, LATEST);
    const group = latest.filter((trace) => own(trace).length >= FEWEST_REPEATS);
    const spans = group.flatMap(own);
    const fingerprint = spans.find((span) => span.fingerprint !== undefined)?.fingerprint;
    if (fingerprint === undefined) return [];
    const mean = (sum: number): number => sum / group.length;
    return [
      {
        fingerprint,
        statement: subject,
        route,
        location: location ?? '',
        repeatCount: Math.round(mean(spans.length)),
        statementsMs: mean(spans.reduce((sum, { durationMs }) => sum + durationMs, 0)),
        requestMs: mean(group.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0)),
        requestCount: group.length,
        requestShare: group.length / latest.length,
      },
    ];
  });
}

function toProposal(one: Repeated, rewrite: BatchRewrite): Proposal {
  const { route, fingerprint, statement, location, repeatCount, statementsMs, requestMs, requestCount } = one;
  const rewritten = toFingerprint(rewrite.text).statement;
  return {
    rule: 'n-plus-one-rewrite',
    change: { kind: KIND, subject: `${route} ${fingerprint}`, parameters: { location, rewritten } },
    title: {
      en: `${route} asks ${repeatCount} times for what one statement gives`,
      nl: `${route} vraagt ${repeatCount} keer wat één query geeft`,
    },
    explanation: {
      en: `${location}: collect the values, send \`${rewritten}\` once with all of them, and sort the rows by \`${rewrite.keyColumn}\`.`,
      nl: `${location}: verzamel de waarden, stuur \`${rewritten}\` één keer met alle waarden, en verdeel de rijen op \`${rewrite.keyColumn}\`.`,
    },
    evidence: {
      route,
      location,
      fingerprint,
      statement,
      rewritten,
      repeatCount,
      statementsMs,
      requestMs,
      requestCount,
    },
  };
}
