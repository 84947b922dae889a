import { until } from '@dataguardian/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;
beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

it('writes who decided about a recommendation into the audit', async () => {
  const { ownerDatabase } = world.context;
  const text = { en: 'x', nl: 'x' };
  const proven = {
    id: 'a1',
    state: 'proven',
    proposedAt: 1,
    provenAt: Date.now(),
    proposal: {
      rule: 'r',
      change: { kind: 'none', subject: 's', parameters: {} },
      title: text,
      explanation: text,
      evidence: {},
    },
    proof: {
      method: 'bound',
      description: text,
      metric: 'requests.p95',
      before: 2,
      after: 1,
      gainInterval: [1, 2],
      savedSecondsPerDay: 1,
    },
  };
  await ownerDatabase.query('insert into advisor_recommendations (id, state, body) values ($1, $2, $3)', [
    'a1',
    'proven',
    JSON.stringify(proven),
  ]);
  const answer = await world.admin.send('POST', '/api/performance/recommendations/a1/dismiss');
  expect([answer.status, answer.json.state]).toEqual([200, 'dismissed']);
  const audited = await until(async () => {
    const { rows } = await ownerDatabase.query<{ user_id: string; subject: string }>(
      `select user_id::text, subject from audit_log where action = 'advice.dismissed'`,
    );
    return rows[0];
  });
  expect(audited).toEqual({ user_id: world.admin.userId, subject: 'a1' });
});
