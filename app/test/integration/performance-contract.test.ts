import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerJson } from './answer-json.ts';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;
let paths: AnswerJson['paths'];

beforeAll(async () => {
  world = await appWorld();
  ({ paths } = (await world.admin.send('GET', '/api/openapi.json')).json);
});
afterAll(() => world.close());

const P = '/api/performance';

/** Names that scripts depend on, and a request that must work on a product that has just started. */
const READS = [
  ['/snapshot', '', 'metrics'],
  ['/history', '?metric=requests.rate&step=1000', 'values'],
  ['/alerts', '', 'items'],
  ['/alerts/rules', '', 'items'],
  ['/recommendations', '', 'items'],
  ['/profile.json', '', 'routes'],
  ['/rankings', '?kind=route', 'items'],
  ['/series', '?metrics=requests.rate,runtime.cpu', 'lines'],
] as const;

describe('the fixed names of the performance API', () => {
  it.each(READS)('%s%s answers, and is described with its types', async (path, query, field) => {
    const answer = await world.admin.send('GET', `${P}${path}${query}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toHaveProperty(field);
    expect(JSON.stringify(paths[P + path]?.['get']?.responses)).toContain(`"${field}"`);
    const named = (paths[P + path]?.['get']?.parameters ?? []).map(({ name }) => name);
    expect(named).toEqual(expect.arrayContaining([...new URLSearchParams(query).keys()]));
  });

  it.each(['/profile.cpuprofile', '/profile.pb.gz'])('%s is a file', async (path) => {
    const answer = await world.admin.send('GET', `${P}${path}?ms=50`);
    expect(answer.status).toBe(200);
    expect(paths[P + path]?.['get']).toBeDefined();
  });

  it('rules are made, changed and removed', async () => {
    const rule = { name: 'busy', metric: 'pool.busy', threshold: 5 };
    const made = await world.admin.send('POST', `${P}/alerts/rules`, rule);
    expect(made.json).toMatchObject({ ...rule, kind: 'threshold', recovery: 5 });
    const changed = await world.admin.send('PATCH', `${P}/alerts/rules/${made.json.id}`, { recovery: 3 });
    expect(changed.json.recovery).toBe(3);
    expect((await world.admin.send('DELETE', `${P}/alerts/rules/${made.json.id}`)).status).toBe(204);
  });

  it('what is not there is 404, under its fixed name', async () => {
    for (const verb of ['apply', 'revert', 'dismiss']) {
      expect((await world.admin.send('POST', `${P}/recommendations/none/${verb}`)).status).toBe(404);
      expect(paths[`${P}/recommendations/{id}/${verb}`]?.['post']).toBeDefined();
    }
    expect(paths[`${P}/stream`]?.['get']).toBeDefined();
  });
});
