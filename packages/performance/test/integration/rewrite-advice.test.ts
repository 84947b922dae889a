import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDatabase, createPerformance, type Database, type Performance } from '@dataguardian/performance';
import { requests } from '@dataguardian/telemetry';
import { postgresForTest, type TestPostgres } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let postgres: TestPostgres;
let owner: Database;
let performance: Performance;
let server: Server;
let asked = 0;

/** Together they take more than a millisecond on a fast machine, too: less is not told of. */
const PEOPLE = 40;

beforeEach(async () => {
  asked = 0;
  postgres = await postgresForTest();
  owner = createDatabase({ connectionString: postgres.url, minConnections: 0, maxConnections: 3 });
  await owner.query(`create table people (id int primary key, name text, team int)`);
  await owner.query(`insert into people select n, 'Person ' || n, n % 40 from generate_series(1, 2000) n`);
  performance = createPerformance({
    database: { connectionString: postgres.url, minConnections: 0, maxConnections: 4 },
    maintenance: owner,
  });
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await performance.close();
  await owner.close();
  await postgres.close();
});

/** A route that asks once for each person, by whatever statement. */
const serve = async (ask: (id: number) => Promise<unknown>): Promise<void> => {
  server = createServer((_request, response) => {
    const startedAt = globalThis.performance.now();
    void (async () => {
      for (let person = 0; person < PEOPLE; person++) await ask(1 + ((asked++ * 7) % 2_000));
      requests.publish({
        requestId: String(asked),
        method: 'GET',
        route: '/team',
        statusCode: 200,
        durationMs: globalThis.performance.now() - startedAt,
        bytes: 2,
        userId: undefined,
        organisationId: undefined,
      });
      response.end('ok');
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
};

const visit = async (count: number): Promise<void> => {
  const { port } = server.address() as AddressInfo;
  for (let request = 0; request < count; request++) await (await fetch(`http://127.0.0.1:${port}/team`)).text();
};

/** Two looks: the first asks for values, the second proves. */
const advise = async () => {
  await visit(10);
  await performance.advisor.propose(performance.profiler.snapshot());
  await visit(10);
  await performance.advisor.propose(performance.profiler.snapshot());
  return (await performance.advisor.list()).filter(({ proposal }) => proposal.change.kind === 'query.rewrite');
};

describe('a route that asks once for each row', () => {
  it('is shown the one statement that gives the same, measured here, with the line and the bound for the route', async () => {
    await serve((id) => performance.database.query('select name from people where id = $1', [id]));
    const [proven] = await advise();
    expect(proven).toMatchObject({
      state: 'proven',
      proposal: {
        evidence: {
          location: expect.stringContaining('rewrite-advice.test.ts'),
          rewritten: 'select id as batch_key, name from people where id = any($1)',
        },
        explanation: { en: expect.stringContaining('any($1)'), nl: expect.stringContaining('any($1)') },
      },
      proof: { method: 'measured', description: { en: expect.stringContaining('at most') } },
    });
    expect(proven?.proof.after).toBeLessThan(proven?.proof.before ?? 0);
    expect(proven && performance.advisor.canApply(proven)).toBe(false);
    expect(JSON.stringify(proven)).not.toContain('Person');
    // What is measured needs no bound of the same cause beside it.
    const rules = (await performance.advisor.list()).map(({ proposal }) => proposal.rule);
    expect(rules.filter((rule) => rule.startsWith('n-plus-one'))).toEqual(['n-plus-one-rewrite']);
  });

  it('is not told that a limit without a unique column can go', async () => {
    await serve((id) => performance.database.query('select name from people where team = $1 limit 1', [id % 40]));
    expect(await advise()).toEqual([]);
  });

  it('may drop a limit of one where the column is unique', async () => {
    await serve((id) => performance.database.query('select id, name from people where id = $1 limit 1', [id]));
    const [proven] = await advise();
    expect(proven?.proposal.change.parameters['rewritten']).toBe('select id, name from people where id = any($1)');
  });

  it('gets no proof for what would give other rows', async () => {
    // The value is compared as text, the key comes back as a number with another spelling.
    await serve((id) =>
      performance.database.query(`select name from people where lpad(id::text, 6, '0') = $1`, [
        String(id).padStart(6, '0'),
      ]),
    );
    expect(await advise()).toEqual([]);
  });
});
