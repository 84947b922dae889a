import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createSampleNumbers,
  sampleBsn,
  sampleCard,
  sampleIban,
  sampleToken,
} from '../../src/features/scans/sample-identifiers.ts';
import type { Scan } from '../../src/features/scans/scan.ts';
import { type ScanWorld, scanWorld } from './scan-world.ts';

let world: ScanWorld;
let scan: Scan;
let refused: Scan;
const numbers = createSampleNumbers(20_261);
/** Values that must appear nowhere once they have been scanned. */
const canaries = {
  bsn: sampleBsn(numbers),
  iban: sampleIban(numbers),
  card: sampleCard(numbers),
  email: `kanarie.${numbers(1e6)}@geheim-voorbeeld.nl`,
  phone: `06-${String(10_000_000 + numbers(89_999_999))}`,
  token: sampleToken(numbers, ['gh', 'p_'], 36),
  databasePassword: sampleToken(numbers, [], 20),
};
const FORMATS = ['html', 'pdf', 'csv', 'json', 'sarif'] as const;

/** What a reader of the PDF sees, as one text: streams inflated, glyph strings joined. */
function pdfText(bytes: Buffer): string {
  const raw = bytes.toString('latin1');
  const streams = [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => {
    try {
      return inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
    } catch {
      return body;
    }
  });
  const shown = streams.map((stream) =>
    [...stream.matchAll(/\[([^\]]*)\] TJ/g)]
      .map(([, parts = '']) =>
        [...parts.matchAll(/<([0-9a-f]*)>/g)]
          .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
          .join(''),
      )
      .join('\n'),
  );
  return [raw, ...streams, ...shown].join('\n');
}

async function report(format: (typeof FORMATS)[number], lang = 'en'): Promise<string> {
  const response = await world.app.inject({
    url: `/api/scans/${scan.id}/report.${format}?lang=${lang}`,
    headers: { 'x-person': JSON.stringify(world.auditor) },
  });
  expect(response.statusCode).toBe(200);
  return format === 'pdf' ? pdfText(response.rawPayload) : response.body;
}

beforeAll(async () => {
  world = await scanWorld();
  await world.worker();
  const { bsn, iban, card, email, phone, token } = canaries;
  const upload = await world.upload(world.analyst, {
    'dossier/brief.txt': `Geachte mevrouw, uw BSN is ${bsn} en uw IBAN is ${iban}. Mail: ${email}, telefoon ${phone}.`,
    'dossier/klanten.csv': `naam;bsn;iban;email;card\nSanne de Vries;${bsn};${iban};${email};${card}\n`,
    'deploy/.env': `GITHUB_TOKEN=${token}\n`,
    'kapot.zip': Buffer.from('504b0304140000000800ffffffff', 'hex'),
  });
  const started = await world.call(world.analyst, 'POST', '/api/scans', {
    name: '=Kanarie, "kwartaal"',
    source: { kind: 'upload', uploadId: upload.json.id },
  });
  scan = await world.ended(world.analyst, started.json.id);
  // A source whose address holds a password, and that refuses.
  const attempt = await world.call(world.admin, 'POST', '/api/scans', {
    name: 'refused',
    source: {
      kind: 'database',
      url: `postgres://zorg:${canaries.databasePassword}@127.0.0.1:9/zorg`,
      allowPrivate: true,
    },
  });
  refused = await world.ended(world.admin, attempt.json.id);
});
afterAll(() => world.close());

describe('a scanned value', () => {
  it('was found at all', async () => {
    const types = Object.keys(scan.typeCounts);
    expect(types).toEqual(expect.arrayContaining(['BSN', 'IBAN', 'EMAIL', 'CARD', 'SECRET_GITHUB']));
  });

  it('is nowhere in the database', async () => {
    const { rows: tables } = await world.context.ownerDatabase.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(12);
    const needles = Object.values(canaries).flatMap((value) => [value, Buffer.from(value).toString('hex')]);
    for (const { name } of tables) {
      const { rows } = await world.context.ownerDatabase.query(
        `select t::text as row from ${name} t where ${needles.map((_, index) => `position($${index + 1} in t::text) > 0`).join(' or ')}`,
        needles,
      );
      expect({ name, rows }).toEqual({ name, rows: [] });
    }
  });

  it('is nowhere in the data folder or the log', async () => {
    const entries = await readdir(world.dataDir, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((file) => file.isFile())) {
      const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
      for (const value of Object.values(canaries)) expect(text).not.toContain(value);
    }
    const log = world.logged.join('');
    expect(log).toContain('scan ended');
    for (const value of Object.values(canaries)) expect(log).not.toContain(value);
  });

  it.each(FORMATS)('is nowhere in the %s report', async (format) => {
    for (const lang of ['en', 'nl']) {
      const text = await report(format, lang);
      expect(text.length).toBeGreaterThan(500);
      for (const value of Object.values(canaries)) expect(text).not.toContain(value);
    }
  });
});

describe('a source that refuses', () => {
  it('gives a failed scan with the reason, and no findings or score', () => {
    expect(refused).toMatchObject({ status: 'failed', findingCount: 0, riskScore: 0 });
    expect(refused.failure?.code).toMatch(/^SCANNER_DATABASE/);
    expect(refused.failure?.hint).toBeTruthy();
  });
});

describe('reports', () => {
  it('in HTML ask for nothing from elsewhere and escape names', async () => {
    const html = await report('html', 'nl');
    expect(html).toContain('<html lang="nl">');
    expect(html).toContain('=Kanarie, &quot;kwartaal&quot;');
    expect(html).not.toMatch(/<script|https?:\/\/|url\(/);
    expect(html).toContain('Risicoscore');
  });

  it('in JSON and SARIF list every finding that the scan counts', async () => {
    const json = JSON.parse(await report('json')) as {
      schemaVersion: string;
      findings: unknown[];
      risk: { score: number };
    };
    expect(json.schemaVersion).toBe('1.0');
    expect(json.findings).toHaveLength(scan.findingCount);
    expect(json.risk.score).toBe(scan.riskScore);
    const sarif = JSON.parse(await report('sarif')) as {
      version: string;
      runs: { results: { ruleId: string }[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    const [run] = sarif.runs;
    expect(sarif.version).toBe('2.1.0');
    expect(run?.results).toHaveLength(scan.findingCount);
    const rules = run?.tool.driver.rules.map(({ id }) => id);
    for (const { ruleId } of run?.results ?? []) expect(rules).toContain(ruleId);
  });

  it('in CSV have one line a finding', async () => {
    const csv = await report('csv');
    expect(csv.trim().split('\r\n')).toHaveLength(scan.findingCount + 1);
  });

  it('say what was not scanned', async () => {
    const skipped = await world.call(world.auditor, 'GET', `/api/scans/${scan.id}/skipped`);
    expect(skipped.json.items).toEqual([expect.objectContaining({ item: 'kapot.zip' })]);
    expect(await report('pdf')).toContain('kapot.zip');
  });

  it('are listed, and belong to their organisation', async () => {
    const listed = await world.call(world.auditor, 'GET', '/api/reports');
    expect(listed.json.items.map(({ id }) => id)).toContain(scan.id);
    for (const format of FORMATS) {
      const foreign = await world.call(world.stranger, 'GET', `/api/scans/${scan.id}/report.${format}`);
      expect(foreign.status).toBe(404);
    }
  });
});
