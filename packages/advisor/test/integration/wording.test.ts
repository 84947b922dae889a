import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  createAdvisor,
  createWordsmith,
  type ProvenRecommendation,
  type WordsmithOptions,
} from '@dataguardian/advisor';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly model: string; readonly messages: readonly { readonly content: string }[] };
}

const proven: ProvenRecommendation = {
  id: 'a1',
  state: 'proven',
  proposal: {
    rule: 'missing-index',
    change: { kind: 'database.index', subject: 'findings', parameters: { columns: 2 } },
    title: { en: 'Index findings', nl: 'Index op findings' },
    explanation: { en: 'Asked by anna@example.nl: reads the whole table.', nl: 'Leest de hele tabel.' },
    evidence: { rowsRead: 202_000, shareOfTime: 0.314 },
  },
  proposedAt: 1,
  provenAt: 2,
  proof: {
    method: 'measured',
    description: { en: 'Five runs on a sample.', nl: 'Vijf metingen op een steekproef.' },
    metric: 'queries.p95',
    before: 48.2,
    after: 1.31,
    gainInterval: [33, 41],
    savedSecondsPerDay: 410,
  },
};

const honest = {
  titleEn: 'An index on `findings` makes this 37 times faster',
  titleNl: 'Een index op `findings` maakt dit 37 keer sneller',
  explanationEn: 'Every call reads 202,000 rows, 31% of the time. Measured: 48 ms before, 1.3 ms after.',
  explanationNl: 'Elke aanroep leest 202.000 rijen, 31,4% van de tijd. Gemeten: 48,2 ms voor, 1,31 ms na.',
};

let server: Server;
let received: Received[];
let reply: { status: number; content: unknown; patch?: unknown; groups?: unknown };
let refusals: string[];

beforeEach(async () => {
  received = [];
  refusals = [];
  reply = { status: 200, content: honest };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url, headers: request.headers, body: JSON.parse(body) });
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      const asked = received.at(-1)?.body.messages[0]?.content ?? '';
      const chosen = asked.startsWith('You change')
        ? reply.patch
        : asked.startsWith('You sort')
          ? reply.groups
          : reply.content;
      if (chosen === 'never') return;
      const content = typeof chosen === 'string' ? chosen : JSON.stringify(chosen);
      response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const wordsmith = (options: Partial<WordsmithOptions> = {}) => {
  // What an earlier test left asking tells its own list.
  const own = refusals;
  return createWordsmith({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    model: 'small-model',
    key: 'secret-key',
    mask: (value) => value.replaceAll(/\S+@\S+/g, '[masked]'),
    onRefusal: (reason) => own.push(reason),
    ...options,
  });
};

describe('a language model that words recommendations', () => {
  it('is asked in the protocol that every endpoint speaks, and is named beside its words', async () => {
    expect(await wordsmith().word(proven)).toEqual({
      title: { en: honest.titleEn, nl: honest.titleNl },
      explanation: { en: honest.explanationEn, nl: honest.explanationNl },
      by: 'small-model',
    });
    expect(received[0]?.path).toBe('/v1/chat/completions');
    expect(received[0]?.headers.authorization).toBe('Bearer secret-key');
    expect(received[0]?.body.model).toBe('small-model');
  });

  it('never sees personal data', async () => {
    await wordsmith().word(proven);
    const sent = JSON.stringify(received[0]?.body);
    expect(sent).not.toContain('anna@example.nl');
    expect(sent).toContain('[masked]');
  });

  it.each([
    ['an invented figure', { ...honest, explanationEn: 'This makes everything 95 times faster.' }, /95/],
    ['an invented figure in one language alone', { ...honest, explanationNl: 'Dit scheelt 12 seconden.' }, /12/],
    ['an invented name', { ...honest, titleEn: 'An index on `users` helps' }, /users/],
    ['a link', { ...honest, explanationEn: 'See https://example.com for more.' }, /link/],
    ['another shape', { title: 'An index' }, /shape/],
    ['no JSON', 'Sure! Here is your text.', /no usable answer/],
  ])('is not shown when it writes %s', async (_what, content, reason) => {
    reply = { status: 200, content };
    expect(await wordsmith().word(proven)).toBeUndefined();
    expect(refusals).toEqual([expect.stringMatching(reason)]);
  });

  it('is done without when it fails', async () => {
    reply = { status: 500, content: '' };
    const clock = createFakeClock();
    const advisor = createAdvisor({
      clock,
      rules: [{ name: 'missing-index', propose: () => [proven.proposal] }],
      provers: [{ kind: 'database.index', prove: () => Promise.resolve(proven.proof) }],
      actuators: [],
      wordsmith: wordsmith(),
    });
    await advisor.propose(createProfiler({ clock }).snapshot());
    expect(await advisor.list()).toMatchObject([{ state: 'proven', proposal: proven.proposal }]);
    await until(() => refusals.length === 1);
  });

  it('words what the advisor lists', async () => {
    const clock = createFakeClock();
    const advisor = createAdvisor({
      clock,
      rules: [{ name: 'missing-index', propose: () => [proven.proposal] }],
      provers: [{ kind: 'database.index', prove: () => Promise.resolve(proven.proof) }],
      actuators: [],
      wordsmith: wordsmith(),
    });
    await advisor.propose(createProfiler({ clock }).snapshot());
    await until(async () => (await advisor.list())[0]?.wording !== undefined);
    expect((await advisor.list())[0]?.wording).toMatchObject({ by: 'small-model', title: { en: honest.titleEn } });
  });

  it('must have an address that can be asked', () => {
    expect(() => createWordsmith({ url: 'ftp://models', model: 'm', mask: String })).toThrow(
      expect.objectContaining({ code: 'ADVISOR_OPTIONS_INVALID' }),
    );
  });

  it('is not waited for without end, and not read without end', async () => {
    reply = { status: 200, content: 'never' };
    expect(await wordsmith({ timeoutMs: 100 }).word(proven)).toBeUndefined();
    reply = { status: 200, content: { ...honest, titleEn: 'x'.repeat(1_000_000) } };
    expect(await wordsmith().word(proven)).toBeUndefined();
    expect(refusals).toEqual([expect.stringMatching(/no usable/), expect.stringMatching(/no usable/)]);
  });

  it('keeps nobody waiting: what is proven is listed before the model has answered', async () => {
    reply = { status: 200, content: 'never' };
    const clock = createFakeClock();
    const advisor = createAdvisor({
      clock,
      rules: [{ name: 'missing-index', propose: () => [proven.proposal] }],
      provers: [{ kind: 'database.index', prove: () => Promise.resolve(proven.proof) }],
      actuators: [],
      wordsmith: wordsmith({ timeoutMs: 5_000 }),
    });
    await advisor.propose(createProfiler({ clock }).snapshot());
    expect(await advisor.list()).toHaveLength(1);
  });
});

const source = `export function verify(password: string): boolean {
  const hash = pbkdf2Sync(password, salt, 100, 32, 'sha256');
  return hash.equals(known);
}
`;
const blocked: ProvenRecommendation = {
  ...proven,
  proposal: {
    ...proven.proposal,
    change: { kind: 'code.stall', subject: 'src/sign-in.ts:2', parameters: {} },
    evidence: { ...proven.proposal.evidence, location: 'src/sign-in.ts:2' },
  },
};
const diff = `--- a/src/sign-in.ts
+++ b/src/sign-in.ts
@@ -2 +2 @@
-  const hash = pbkdf2Sync(password, salt, 100, 32, 'sha256');
+  const hash = await promisify(pbkdf2)(password, salt, 100, 32, 'sha256');
`;

describe('a language model that suggests patches', () => {
  it('gets the function that is named and nothing else, and its diff is shown under its name', async () => {
    reply = { status: 200, content: honest, patch: { diff } };
    const worded = await wordsmith({ readSource: (file) => (file === 'src/sign-in.ts' ? source : undefined) }).word(
      blocked,
    );
    expect(worded).toMatchObject({
      by: 'small-model',
      patch: { file: 'src/sign-in.ts', diff: expect.stringContaining('@@ -2,1 +2,1 @@') },
    });
    expect(JSON.parse(received[1]?.body.messages[1]?.content ?? '')).toMatchObject({
      file: 'src/sign-in.ts',
      line: 2,
      fromLine: 1,
    });
  });

  it('is not asked unless it is wanted, nor about code with personal data', async () => {
    reply = { status: 200, content: honest, patch: { diff } };
    expect(await wordsmith().word(blocked)).not.toHaveProperty('patch');
    const personal = source.replace('known', "hashOf('anna@example.nl')");
    expect(await wordsmith({ readSource: () => personal }).word(blocked)).not.toHaveProperty('patch');
    expect(received).toHaveLength(2);
  });

  it.each([
    ['does not apply', { diff: diff.replace('pbkdf2Sync', 'bcrypt') }, /does not apply/],
    ['names another file', { diff: diff.replaceAll('sign-in', 'config') }, /another file/],
    ['is no diff', { diff: 'Use the asynchronous form.' }, /no unified diff/],
    ['is no JSON', 'here you go', /no usable/],
  ])('keeps its words when its patch %s', async (_what, patch, reason) => {
    reply = { status: 200, content: honest, patch };
    const worded = await wordsmith({ readSource: () => source }).word(blocked);
    expect(worded).toMatchObject({ title: { en: honest.titleEn } });
    expect(worded).not.toHaveProperty('patch');
    expect(refusals).toEqual([expect.stringMatching(reason)]);
  });
});

describe('a language model that sorts recommendations', () => {
  const three = ['a', 'b', 'c'].map((id): ProvenRecommendation => ({ ...proven, id }));

  it('names what belongs together', async () => {
    const group = { titleEn: 'Reading `findings`', titleNl: 'Lezen van `findings`', ids: ['a', 'c'] };
    reply = { status: 200, content: '', groups: { groups: [group] } };
    expect(await wordsmith().group(three)).toEqual([
      { title: { en: group.titleEn, nl: group.titleNl }, ids: ['a', 'c'] },
    ]);
    const clock = createFakeClock();
    const subjects = ['one', 'two', 'three'];
    const advisor = createAdvisor({
      clock,
      rules: [
        {
          name: 'missing-index',
          propose: () =>
            subjects.map((subject) => ({ ...proven.proposal, change: { ...proven.proposal.change, subject } })),
        },
      ],
      provers: [{ kind: 'database.index', prove: () => Promise.resolve(proven.proof) }],
      actuators: [],
      wordsmith: wordsmith(),
    });
    await advisor.propose(createProfiler({ clock }).snapshot());
    const ids = (await advisor.list()).map(({ id }) => id);
    reply = { ...reply, groups: { groups: [{ ...group, ids: ids.slice(0, 2) }] } };
    subjects.push('four');
    await advisor.propose(createProfiler({ clock }).snapshot());
    await until(async () => (await advisor.list()).some((one) => one.group !== undefined));
    const grouped = (await advisor.list()).filter((one) => one.group?.by === 'small-model');
    expect(grouped.map(({ id }) => id).toSorted()).toEqual(ids.slice(0, 2).toSorted());
  });

  it.each([
    ['what does not exist', ['a', 'z'], 'Reading', /does not exist/],
    ['something twice', ['a', 'a'], 'Reading', /twice/],
    ['a title with an invented figure', ['a', 'b'], '95% of all time', /95/],
    ['a single one', ['a'], 'Reading', /shape/],
  ])('is not followed when a group holds %s', async (_what, ids, title, reason) => {
    reply = { status: 200, content: '', groups: { groups: [{ titleEn: title, titleNl: 'Lezen', ids }] } };
    expect(await wordsmith().group(three)).toEqual([]);
    expect(refusals).toEqual([expect.stringMatching(reason)]);
  });
});
