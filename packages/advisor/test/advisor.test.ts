import { createAdvisor, type Actuator, type Proof, type Proposal, type Verification } from '@dataguardian/advisor';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock } from '@dataguardian/testing';
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
  sampleCount: 100,
  description: text('A minute before and after.'),
});

/** A limit that can be changed, and an advisor that knows how. */
const world = (options: { proof?: Proof | undefined; verdict?: Verification['verdict']; failing?: boolean } = {}) => {
  const limit = { value: 10 };
  const errors: string[] = [];
  const actuator: Actuator = {
    kind: 'limit',
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
    clock: createFakeClock(),
    rules: [{ name: 'bigger-limit', propose: () => [proposal] }],
    provers: [{ kind: 'limit', prove: () => Promise.resolve('proof' in options ? options.proof : proof) }],
    actuators: [actuator],
    onError: (what) => errors.push(what),
  });
  const snapshot = createProfiler().snapshot();
  return { advisor, limit, errors, snapshot };
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
});
