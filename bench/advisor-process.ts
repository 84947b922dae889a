// One scenario of the advisor's benchmark in a process of its own: telemetry is heard process-wide. Prints a JSON line for
// each fault. Arguments: scenario, connection string of a database for it alone.
import {
  createMemoryLedger,
  type Advisor,
  type ProvenRecommendation,
  type ShownRecommendation,
} from '../packages/advisor/src/index.ts';
import { createPerformance, type Performance } from '../packages/performance/src/index.ts';
import { openService, type Service } from './advisor-service.ts';

const [scenario = '', connectionString = ''] = process.argv.slice(2);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const LONGEST_INSIGHT_MS = 90_000;
const LONGEST_VERDICT_MS = 150_000;

interface Row {
  readonly scenario: string;
  readonly fault: string;
  readonly expected: 'verified' | 'rolledBack' | 'by-hand';
  readonly insightSeconds?: number | null;
  readonly method?: string;
  readonly predictedGain?: number;
  readonly verifiedGain?: number | null;
  readonly verdictSeconds?: number | null;
  readonly outcome: string;
  readonly note?: string;
}

const tell = (row: Omit<Row, 'scenario'>): void =>
  void process.stdout.write(`${JSON.stringify({ scenario, ...row })}\n`);
const gainOf = ({ proof: { before, after, better } }: { readonly proof: ProvenRecommendation['proof'] }): number =>
  (better ?? (after <= before ? 'lower' : 'higher')) === 'lower' ? before / after : after / before;

type IsMeant = (one: ShownRecommendation) => boolean;

/** Waits for the recommendation that names the fault. */
async function insight(
  advisor: Advisor,
  isMeant: IsMeant,
  since: number,
): Promise<[ShownRecommendation | undefined, number]> {
  while (performance.now() - since < LONGEST_INSIGHT_MS) {
    const found = (await advisor.list()).find((one) => one.state === 'proven' && isMeant(one));
    if (found !== undefined) return [found, (performance.now() - since) / 1_000];
    await pause(200);
  }
  return [undefined, Number.NaN];
}

/** Applies it and waits for the verdict. */
async function carryOut(
  advisor: Advisor,
  id: string,
): Promise<{ readonly outcome: string; readonly verifiedGain: number | null; readonly verdictSeconds: number | null }> {
  await advisor.apply(id, 'bench');
  const since = performance.now();
  while (performance.now() - since < LONGEST_VERDICT_MS) {
    const one = (await advisor.list()).find((candidate) => candidate.id === id);
    if (one !== undefined && (one.state === 'verified' || one.state === 'rolledBack'))
      return {
        outcome: one.state,
        verifiedGain: one.verification?.gain ?? null,
        verdictSeconds: (performance.now() - since) / 1_000,
      };
    await pause(200);
  }
  return { outcome: 'undecided', verifiedGain: null, verdictSeconds: null };
}

/** A real fault: seen, proved, applied, judged. */
async function judgeFault(service: Service, fault: string, isMeant: IsMeant, since: number): Promise<void> {
  const { advisor } = service.performance;
  const [found, insightSeconds] = await insight(advisor, isMeant, since);
  if (found === undefined) {
    tell({ fault, expected: 'verified', insightSeconds: null, outcome: 'not found' });
    return;
  }
  const common = { fault, insightSeconds, method: found.proof.method, predictedGain: gainOf(found) };
  if (!advisor.canApply(found))
    tell({ ...common, expected: 'by-hand', outcome: 'shown', note: found.proposal.title.en });
  else tell({ ...common, expected: 'verified', ...(await carryOut(advisor, found.id)) });
}

/** A promise that is a lie, put into the ledger as if it had been proved. */
const lie = (
  id: string,
  kind: string,
  subject: string,
  parameters: Readonly<Record<string, unknown>>,
): ProvenRecommendation => ({
  id,
  state: 'proven',
  proposedAt: Date.now(),
  provenAt: Date.now(),
  proposal: {
    rule: 'lie',
    change: { kind, subject, parameters },
    title: { en: id, nl: id },
    explanation: { en: id, nl: id },
    evidence: {},
  },
  proof: {
    method: 'simulated',
    description: { en: 'Invented.', nl: 'Verzonnen.' },
    metric: 'requests.p95',
    before: 3,
    after: 1,
    better: 'lower',
    gainInterval: [2, 4],
    savedSecondsPerDay: 1,
  },
});

async function judgeLies(lies: readonly ProvenRecommendation[], meanwhile: (service: Service) => void): Promise<void> {
  const ledger = createMemoryLedger();
  for (const one of lies)
    await ledger.save(
      one,
      {
        id: one.id,
        rule: 'lie',
        kind: one.proposal.change.kind,
        subject: one.proposal.change.subject,
        state: 'proven',
        at: Date.now(),
        by: 'bench',
        predictedGain: 3,
        verifiedGain: undefined,
      },
      [],
    );
  const service = await openService(connectionString, (options) => createPerformance({ ...options, ledger }));
  service.load('work', 90);
  service.load('item', 120);
  service.load('settings', 80);
  await pause(45_000);
  await Promise.all(
    lies.map(async ({ id }) => {
      const carried = carryOut(service.performance.advisor, id);
      meanwhile(service);
      tell({ fault: id, expected: 'rolledBack', predictedGain: 3, ...(await carried) });
    }),
  );
  await service.close();
}

const isIndexOf =
  (table: string): IsMeant =>
  ({ proposal: { change } }) =>
    change.kind === 'database.index' && change.subject.includes(table);
const isKind =
  (kind: string, part = ''): IsMeant =>
  ({ proposal: { change } }) =>
    change.kind === kind && JSON.stringify(change).includes(part);

const plain = (options: Parameters<typeof createPerformance>[0]): Performance => createPerformance(options);

/** What each scenario does; the names are those of `--only`. */
const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  async indexes() {
    const service = await openService(connectionString, plain);
    const shapes = ['equality', 'range', 'join', 'expression'] as const;
    for (const shape of shapes) service.load(shape, 6);
    await pause(12_000);
    await service.dropIndexes();
    const since = performance.now();
    await Promise.all(
      shapes.map((shape) => judgeFault(service, `missing index: ${shape}`, isIndexOf(service.tableOf(shape)), since)),
    );
    await service.close();
  },
  async code() {
    const service = await openService(connectionString, plain);
    service.load('team', 8);
    service.load('sign-in', 4);
    service.load('work', 20);
    await pause(12_000);
    service.faults.repeats = true;
    service.faults.stalls = true;
    const since = performance.now();
    await Promise.all([
      judgeFault(service, 'one statement for each row', isKind('query.rewrite'), since),
      judgeFault(service, 'a line that stops the event loop', isKind('code.stall', 'advisor-service.ts'), since),
    ]);
    await service.close();
  },
  async pool() {
    const service = await openService(connectionString, plain);
    service.load('work', 95);
    await pause(20_000);
    service.performance.database.resizePool(2);
    await judgeFault(service, 'pool of two', isKind('database.pool'), performance.now());
    await service.close();
  },
  async cache() {
    const service = await openService(connectionString, plain);
    service.load('item', 250);
    await pause(40_000);
    const fromBytes = service.performance.cache.stats().memoryMaxBytes;
    service.performance.cache.analyst.carryOut({ kind: 'memory-size', fromBytes, toBytes: fromBytes / 32 });
    const since = performance.now();
    // The curve of another size is no proof of this one: at first the new size has to be seen.
    await judgeFault(service, 'memory tier a thirty-second', isKind('cache.size'), since);
    await service.close();
  },
  async ttl() {
    const service = await openService(connectionString, plain);
    service.load('item', 100);
    service.load('settings', 120);
    await judgeFault(
      service,
      'values that live four seconds and never change',
      isKind('cache.ttl', 'settings'),
      performance.now(),
    );
    await service.close();
  },
  async 'limit-concurrency'() {
    const service = await openService(connectionString, plain);
    service.load('work', 130);
    await pause(15_000);
    service.relimit({ concurrency: 3 });
    await judgeFault(service, 'three requests at once', isKind('sessions.limits', 'concurrency'), performance.now());
    await service.close();
  },
  async 'limit-per-user'() {
    const service = await openService(connectionString, plain);
    service.load('work', 100, 4);
    await pause(15_000);
    service.relimit({ perUserRunning: 1 });
    await judgeFault(
      service,
      'one request of a person at once',
      isKind('sessions.limits', 'perUserRunning'),
      performance.now(),
    );
    await service.close();
  },
  async 'limit-wait'() {
    const service = await openService(connectionString, plain);
    service.load('work', 155, 200);
    service.relimit({ concurrency: 4 });
    await pause(15_000);
    service.relimit({ longestWaitMs: 5 });
    await judgeFault(service, 'refused instead of waiting briefly', isKind('sessions.limits'), performance.now());
    await service.close();
  },
  'harm-pool': () =>
    judgeLies(
      [
        lie('harm: a pool of one', 'database.pool', 'pool', { to: 1 }),
        lie('harm: a life of a fifth', 'cache.ttl', 'settings', { fromMs: 4_000, toMs: 800 }),
      ],
      () => undefined,
    ),
  'harm-limits': () =>
    judgeLies(
      [
        lie('harm: one request at once', 'sessions.limits', 'admission', { limit: 'concurrency', to: 1 }),
        lie('placebo: memory that nobody needs', 'cache.size', 'memory tier', { toBytes: 512 * 1024 * 1024 }),
      ],
      () => undefined,
    ),
  'placebo-load': () =>
    judgeLies(
      [
        lie('placebo: one connection more, while the load halves', 'database.pool', 'pool', { to: 13 }),
        lie('placebo: a higher limit, while the load halves', 'sessions.limits', 'admission', {
          limit: 'concurrency',
          to: 200,
        }),
      ],
      (service) => service.halve(),
    ),
};

await SCENARIOS[scenario]?.();
process.exit(0);
