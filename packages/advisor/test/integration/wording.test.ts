import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAdvisor, createWordsmith, type ProvenRecommendation } from '@dataguardian/advisor';
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
let reply: { status: number; content: unknown };
let refusals: string[];

beforeEach(async () => {
  received = [];
  refusals = [];
  reply = { status: 200, content: honest };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url, headers: request.headers, body: JSON.parse(body) });
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      const content = typeof reply.content === 'string' ? reply.content : JSON.stringify(reply.content);
      response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => void server.close());

const wordsmith = () =>
  createWordsmith({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    model: 'small-model',
    key: 'secret-key',
    mask: (value) => value.replaceAll(/\S+@\S+/g, '[masked]'),
    onRefusal: (reason) => refusals.push(reason),
  });

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
});
