import {
  createAdvisor,
  createMemoryLedger,
  type Actuator,
  type Ledger,
  type Proof,
  type Proposal,
  type Verification,
} from '@dataguardian/advisor';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, until } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

const text = (en: string) => ({ en, nl: en });

const proposal: Proposal = {
  rule: 'bigger-limit',
  change: { kind: 'limit', subject: 'queue', parameters: { to: 20 } },
  title: text('Raise the limit'),
  explanation: text('Callers wait.'),
  evidence: { waitP95Ms: 40 },
};

const proof: Proof = {
  method: 'measured',
  description: text('Five runs on a copy.'),
  metric: 'queries.waitP95',
  before: 40,
  after: 10,
  gainInterval: [3, 5],
  savedSecondsPerDay: 120,
};

const verification = (verdict: Verification['verdict']): Verification => ({
  verdict,
  before: 40,
  after: verdict === 'confirmed' ? 11 : 41,
  gain: verdict === 'confirmed' ? 40 / 11 : 40 / 41,
  errorRate: 0.05,
  sampleCount: 100,
  description: text('A minute before and after.'),
});

/** A limit that can be changed, and an advisor that knows how. */
const world = (
  options: {
    proof?: Proof | undefined;
    verdict?: Verification['verdict'];
    failing?: boolean;
    silent?: boolean;
    scope?: Actuator['scope'];
    ledger?: Ledger;
  } = {},
) => {
  const limit = { value: 10 };
  const errors: string[] = [];
  const clock = createFakeClock();
  const actuator: Actuator = {
    kind: 'limit',
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    apply({ parameters }) {
      if (options.failing === true) return Promise.reject(new Error('locked'));
      const undo = { from: limit.value };
      limit.value = Number(parameters['to']);
      return Promise.resolve(undo);
    },
    revert(_change, undo) {
      limit.value = Number(undo['from']);
      return Promise.resolve();
    },
    verify: () => Promise.resolve(options.verdict === undefined ? undefined : verification(options.verdict)),
  };
  const advisor = createAdvisor({
    clock,
    ...(options.ledger === undefined ? {} : { ledger: options.ledger }),
    rules: [{ name: 'bigger-limit', propose: () => (options.silent === true ? [] : [proposal]) }],
    provers: [{ kind: 'limit', prove: () => Promise.resolve('proof' in options ? options.proof : proof) }],
    actuators: [actuator],
    onError: (what) => errors.push(what),
  });
  const snapshot = createProfiler().snapshot();
  return { advisor, limit, errors, snapshot, clock, options };
};

describe('the advisor', () => {
  it('shows a proposal only when its gain has been proved', async () => {
    const { advisor, snapshot } = world({ proof: undefined });
    await advisor.propose(snapshot);
    expect(await advisor.list()).toEqual([]);
  });

  it('applies a proven recommendation and keeps it when the gain is seen', async () => {
    const { advisor, limit, snapshot } = world({ verdict: 'confirmed' });
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.verify();
    const [kept] = await advisor.list();
    expect(kept).toMatchObject({ state: 'verified', appliedBy: 'anna', verification: { verdict: 'confirmed' } });
    expect(limit.value).toBe(20);
  });

  it('rolls a recommendation without gain back by itself', async () => {
    const { advisor, limit, snapshot } = world({ verdict: 'absent' });
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.verify();
    expect((await advisor.list())[0]).toMatchObject({ state: 'rolledBack', rolledBackBy: 'advisor' });
    expect(limit.value).toBe(10);
  });

  it('leaves an applied one in force while there is too little to judge by', async () => {
    const { advisor, limit, snapshot } = world();
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.verify();
    expect((await advisor.list())[0]?.state).toBe('applied');
    expect(limit.value).toBe(20);
  });

  it('takes a change back on demand', async () => {
    const { advisor, limit, snapshot } = world();
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.revert(proven?.id ?? '', 'bert');
    expect((await advisor.list())[0]).toMatchObject({ state: 'rolledBack', rolledBackBy: 'bert' });
    expect(limit.value).toBe(10);
  });

  it('does not propose again what was dismissed', async () => {
    const { advisor, snapshot } = world();
    const [proven] = await advisor.propose(snapshot);
    await advisor.dismiss(proven?.id ?? '', 'anna');
    expect(await advisor.propose(snapshot)).toEqual([]);
    expect((await advisor.list())[0]?.state).toBe('dismissed');
  });

  it('says why applying failed and leaves the recommendation proven', async () => {
    const { advisor, snapshot } = world({ failing: true });
    const [proven] = await advisor.propose(snapshot);
    await expect(advisor.apply(proven?.id ?? '', 'anna')).rejects.toMatchObject({
      code: 'ADVISOR_APPLY_FAILED',
      message: expect.stringContaining('locked'),
    });
    expect((await advisor.list())[0]?.state).toBe('proven');
  });

  it('refuses to apply twice, and what it does not know', async () => {
    const { advisor, snapshot } = world();
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await expect(advisor.apply(proven?.id ?? '', 'anna')).rejects.toMatchObject({ code: 'ADVISOR_WRONG_STATE' });
    await expect(advisor.apply('nothing', 'anna')).rejects.toMatchObject({ code: 'ADVISOR_UNKNOWN_RECOMMENDATION' });
  });

  it('does not propose again for a day what it took back', async () => {
    const { advisor, snapshot, clock } = world({ verdict: 'absent' });
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.verify();
    await clock.advance(23 * HOUR_MS);
    expect(await advisor.propose(snapshot)).toEqual([]);
    await clock.advance(HOUR_MS);
    expect(await advisor.propose(snapshot)).toHaveLength(1);
  });

  it('withdraws a proof that does not hold any more', async () => {
    const here = world();
    await here.advisor.propose(here.snapshot);
    here.options.proof = undefined;
    expect(await here.advisor.list()).toHaveLength(1);
    await here.clock.advance(HOUR_MS);
    await here.advisor.propose(here.snapshot);
    expect(await here.advisor.list()).toEqual([]);
  });

  it('withdraws what no rule proposes any more, once its proof is old', async () => {
    const here = world();
    await here.advisor.propose(here.snapshot);
    here.options.silent = true;
    await here.clock.advance(15 * 60_000);
    await here.advisor.propose(here.snapshot);
    expect(await here.advisor.list()).toHaveLength(1);
    await here.clock.advance(60_000);
    await here.advisor.propose(here.snapshot);
    expect(await here.advisor.list()).toEqual([]);
  });

  it('lets no slow rule keep the others from looking', async () => {
    const { snapshot } = world();
    let looks = 0;
    let answer: (proposals: readonly Proposal[]) => void = () => undefined;
    const advisor = createAdvisor({
      clock: createFakeClock(),
      rules: [
        {
          name: 'slow',
          propose: () =>
            new Promise((resolve) => {
              looks += 1;
              answer = resolve;
            }),
        },
        { name: 'quick', propose: () => [proposal] },
      ],
      provers: [{ kind: 'limit', prove: () => Promise.resolve(proof) }],
      actuators: [],
    });
    const first = advisor.propose(snapshot);
    await advisor.propose(snapshot);
    expect([(await advisor.list()).length, looks]).toEqual([1, 1]);
    answer([]);
    await first;
    void advisor.propose(snapshot);
    await until(() => looks === 2);
    answer([]);
  });

  it('knows how often each rule was right', async () => {
    const { advisor, snapshot } = world({ verdict: 'confirmed' });
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.verify();
    expect(await advisor.accuracy()).toEqual([
      {
        rule: 'bigger-limit',
        judgedCount: 1,
        confirmedCount: 1,
        rolledBackCount: 0,
        withinThirtyPercent: 1,
        withinThirtyPercentByFactor: 1,
        medianRealised: expect.closeTo((1 - 11 / 40) / (1 - 1 / 4)),
      },
    ]);
    expect((await advisor.history()).map(({ state, by }) => [state, by])).toEqual([
      ['verified', 'advisor'],
      ['applied', 'anna'],
      ['proven', 'advisor'],
    ]);
  });

  it('puts first what saves most at the 95th percentile', async () => {
    const { snapshot } = world();
    const of = (subject: string): Proposal => ({ ...proposal, change: { ...proposal.change, subject } });
    const savings: Readonly<Record<string, Partial<Proof>>> = {
      'even for all': { savedSecondsPerDay: 200 },
      'long tail': { savedSecondsPerDay: 100, savedP95SecondsPerDay: 900 },
      'few, and much': { savedSecondsPerDay: 400, savedP95SecondsPerDay: 0 },
    };
    const advisor = createAdvisor({
      clock: createFakeClock(),
      rules: [{ name: 'bigger-limit', propose: () => Object.keys(savings).map(of) }],
      provers: [{ kind: 'limit', prove: ({ change }) => Promise.resolve({ ...proof, ...savings[change.subject] }) }],
      actuators: [],
    });
    const routes = [{ count: 10, totalMs: 1_000, p95Ms: 300 }].map((route) => ({
      ...route,
      name: 'GET /',
      errorCount: 0,
      meanMs: 100,
      minMs: 10,
      maxMs: 400,
      p50Ms: 90,
      p99Ms: 390,
      lastAt: 0,
    }));
    await advisor.propose({ ...snapshot, routes });
    const listed = await advisor.list();
    expect(listed.map((one) => one.proposal.change.subject)).toEqual(['long tail', 'even for all', 'few, and much']);
    expect(listed[1]?.proof.savedP95SecondsPerDay).toBeCloseTo(600);
  });

  it('says what people have to do by hand', async () => {
    const { snapshot } = world();
    const advisor = createAdvisor({
      clock: createFakeClock(),
      rules: [{ name: 'bigger-limit', propose: () => [proposal] }],
      provers: [{ kind: 'limit', prove: () => Promise.resolve(proof) }],
      actuators: [],
    });
    const [proven] = await advisor.propose(snapshot);
    expect(proven && advisor.canApply(proven)).toBe(false);
    await expect(advisor.apply(proven?.id ?? '', 'anna')).rejects.toMatchObject({ code: 'ADVISOR_NO_ACTUATOR' });
  });
});

describe('advisors that share a ledger', () => {
  it('carry a change of the process out in each of them, and take it back in each', async () => {
    const ledger = createMemoryLedger();
    const [here, there] = [world({ ledger, scope: 'process' }), world({ ledger, scope: 'process' })];
    const [proven] = await here.advisor.propose(here.snapshot);
    await here.advisor.apply(proven?.id ?? '', 'anna');
    await there.advisor.verify();
    expect(there.limit.value).toBe(20);
    await there.advisor.revert(proven?.id ?? '', 'bert');
    await here.advisor.verify();
    expect([here.limit.value, there.limit.value]).toEqual([10, 10]);
  });

  it('do not show as applied what a new process cannot carry out again', async () => {
    const ledger = createMemoryLedger();
    const here = world({ ledger, scope: 'process' });
    const [proven] = await here.advisor.propose(here.snapshot);
    await here.advisor.apply(proven?.id ?? '', 'anna');
    const restarted = world({ ledger, scope: 'process', failing: true });
    await restarted.advisor.verify();
    expect((await restarted.advisor.list())[0]).toMatchObject({ state: 'rolledBack', rolledBackBy: 'advisor' });
    expect(restarted.errors).toEqual(['carrying out limit again']);
  });

  it('apply once when two administrators press at once', async () => {
    const ledger = createMemoryLedger();
    const [here, there] = [world({ ledger }), world({ ledger })];
    const [proven] = await here.advisor.propose(here.snapshot);
    const id = proven?.id ?? '';
    const results = await Promise.allSettled([here.advisor.apply(id, 'anna'), there.advisor.apply(id, 'bert')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(here.limit.value + there.limit.value).toBe(30);
  });

  it('go on with what they know while the ledger is away', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('away'));
    const ledger: Ledger = { load: broken, save: broken, claim: broken, release: broken, history: broken };
    const { advisor, snapshot, limit, errors } = world({ ledger, verdict: 'confirmed' });
    const [proven] = await advisor.propose(snapshot);
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.verify();
    expect((await advisor.list())[0]?.state).toBe('verified');
    expect(limit.value).toBe(20);
    expect(errors).toEqual(['ledger']);
  });
});

const HOUR_MS = 3_600_000;
