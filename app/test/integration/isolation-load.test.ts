import { createSeededRandom } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, type AppWorld } from './app-world.ts';

const ORGANISATIONS = 8;
const PEOPLE = 125;
const REQUESTS = Number(process.env['APP_ISOLATION_REQUESTS'] ?? 2_000);
const AT_ONCE = 16;

interface Person {
  readonly organisation: number;
  /** Stands in everything that is the person's own, and in nothing else. */
  readonly mark: string;
  readonly cookie: string;
}

let world: AppWorld;
let people: readonly Person[];
beforeAll(async () => {
  world = await appWorld();
  people = await fillWorld();
});
afterAll(() => world.close());

/** A thousand people of eight organisations with a scan each, signed in; every name says whose it is. */
async function fillWorld(): Promise<readonly Person[]> {
  const { ownerDatabase, sessions } = world.context;
  const filled: Person[] = [];
  for (let organisation = 0; organisation < ORGANISATIONS; organisation++) {
    const { rows } = await ownerDatabase.query<{ id: string }>(
      'insert into organisations (name) values ($1) returning id',
      [`org-${organisation}-`],
    );
    const organisationId = rows[0]?.id ?? '';
    const marks = Array.from({ length: PEOPLE }, (_, index) => `org-${organisation}-person-${index}-`);
    const { rows: users } = await ownerDatabase.query<{ id: string; name: string }>(
      `insert into users (organisation_id, email, name, role, password_hash)
       select $1, mark || '@example.org', mark, 'analyst', 'none' from unnest($2::text[]) as mark returning id, name`,
      [organisationId, marks],
    );
    await ownerDatabase.query(
      `insert into scans (id, organisation_id, created_by, name, source_kind, source_label, source_sealed, options, status)
       select gen_random_uuid(), $1, u.id, u.name || 'scan', 'path', u.name || 'source', '\\x00', '{}', 'cancelled'
       from users u where u.organisation_id = $1`,
      [organisationId],
    );
    const signedIn = users.map(async ({ id: userId, name }) => {
      const device = { userAgent: `${name}device`, address: '127.0.0.1' };
      const { token } = await sessions.start({ userId, organisationId, roles: ['analyst'], device });
      return { organisation, mark: name, cookie: `dataguardian=${token}` };
    });
    filled.push(...(await Promise.all(signedIn)));
  }
  return filled;
}

/** Marks of other people or organisations in what somebody was answered. */
function foreignMarks(text: string, { organisation, mark }: Person): string[] {
  return [...text.matchAll(/org-(\d+)-(?:person-\d+-)?/g)]
    .map(([found]) => found)
    .filter((found) => found !== mark && found !== `org-${organisation}-`);
}

const PATHS = ['/api/me', '/api/me/sessions', '/api/scans', '/api/overview', '/api/findings', '/api/scans?limit=1'];

describe('a thousand people of eight organisations at once', () => {
  it('each see their own and not one byte of another, whatever is cached and however they interleave', async () => {
    const random = createSeededRandom(23);
    const foreign: string[] = [];
    const statuses = new Map<number, number>();
    let own = 0;
    for (let done = 0; done < REQUESTS; done += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const person = random.pick(people);
          const url = random.pick(PATHS);
          const { cookie } = person;
          const isChange = random.next() < 0.05;
          const send = () =>
            isChange
              ? world.app.inject({
                  method: 'PATCH',
                  url: '/api/me',
                  headers: { cookie },
                  payload: { name: person.mark },
                })
              : world.app.inject({ url, headers: { cookie } });
          let answer = await send();
          // A machine with much else to do refuses some: asked again, as a client would.
          for (; answer.statusCode === 503; answer = await send()) {
            foreign.push(...foreignMarks(answer.body, person));
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
          if (answer.body.includes(person.mark)) own += 1;
          foreign.push(...foreignMarks(answer.body, person).map((mark) => `${person.mark} saw ${mark} in ${url}`));
        }),
      );
    expect(foreign).toEqual([]);
    // Everybody was answered in the end, and what was looked through did hold marks.
    expect([...statuses.keys()]).toEqual([200]);
    expect(own).toBeGreaterThan(REQUESTS / 2);
  }, 180_000);
});
