import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, postgresForTest, type TestPostgres, until } from '@dataguardian/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSampleNumbers, sampleBsn, sampleIban } from '../../src/features/scans/sample-identifiers.ts';
import type { Scan } from '../../src/features/scans/scan.ts';
import { serveProduct, type ServedProduct } from './served-product.ts';

/** `DATAGUARDIAN_SOAK=20` kills twenty times. */
const KILLS = Number(process.env['DATAGUARDIAN_SOAK'] ?? 2);
/** A part takes 500 files: each kill is in the middle of another one, and some are left for the end. */
const FILES = 500 * (KILLS + 3);

let product: ServedProduct | undefined;
let postgres: TestPostgres;
let dataDir: string;
let tree: string;

beforeAll(async () => {
  postgres = await postgresForTest();
  dataDir = await mkdtemp(join(tmpdir(), 'dataguardian-resume-'));
  tree = await mkdtemp(join(tmpdir(), 'dataguardian-resume-tree-'));
  const numbers = createSampleNumbers(7);
  for (let index = 0; index < FILES; index++) {
    const folder = join(tree, `map-${String(index % 20).padStart(2, '0')}`);
    if (index < 20) await mkdir(folder);
    const lines = Array.from(
      { length: 6 },
      (_, line) => `regel ${line}: BSN ${sampleBsn(numbers)}, IBAN ${sampleIban(numbers)}`,
    );
    await writeFile(join(folder, `dossier-${index}.txt`), lines.join('\n'));
  }
});
afterAll(async () => {
  await product?.kill();
  await postgres.close();
  for (const folder of [dataDir, tree]) await rm(folder, { recursive: true, force: true });
});

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function findingsOf(id: string): Promise<string[]> {
  const rows = await query<{ line: string }>(
    `select type || ' ' || encode(fingerprint, 'hex') || ' ' || location::text || ' ' || masked as line
     from findings where scan_id = $1 order by 1`,
    [id],
  );
  return rows.map(({ line }) => line);
}

const start = async (): Promise<ServedProduct> =>
  serveProduct({ databaseUrl: postgres.url, dataDir, port: await freePort() });

async function startScan(product: ServedProduct, name: string): Promise<Scan> {
  const call = await product.signIn();
  const answer = await call('POST', '/api/scans', { name, source: { kind: 'path', path: tree } });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Scan;
}

async function ended(id: string): Promise<{ status: string; done_items: string; finding_count: string }> {
  return until(
    async () => {
      const [row] = await query<{ status: string; done_items: string; finding_count: string }>(
        'select status, done_items, finding_count from scans where id = $1',
        [id],
      );
      return row && ['completed', 'failed', 'cancelled'].includes(row.status) ? row : undefined;
    },
    { what: 'the end of the scan', timeoutMs: 150_000, intervalMs: 200 },
  );
}

/** Lets parts of scans get as far as putting aside what they found, and no further. */
interface Gate {
  /** A part stands there: it is in the middle of its work, and stays there. */
  isReached(): Promise<boolean>;
  /** Those who stand there go on; who comes later finds it shut again. */
  letPass(): Promise<void>;
  open(): Promise<void>;
}

async function shutGate(): Promise<Gate> {
  const holder = new Client({ connectionString: postgres.url });
  await holder.connect();
  const shut = 'begin; lock table staged_findings in share mode';
  await holder.query(shut);
  return {
    async isReached() {
      const waiting = `select 1 from pg_locks where relation = 'staged_findings'::regclass and not granted`;
      return (await query(waiting)).length > 0;
    },
    letPass: async () => void (await holder.query(`commit; ${shut}`)),
    open: () => holder.end(),
  };
}

async function donePartsOf(id: string): Promise<number> {
  const [row] = await query<{ done: number }>(
    `select count(*)::int as done from scan_chunks where scan_id = $1 and status = 'done' and ordinal >= 0`,
    [id],
  );
  return row?.done ?? 0;
}

describe('a server that is killed in the middle of a scan', () => {
  it(
    'resumes after a restart and finds what an undisturbed run finds, nothing twice',
    // As long as its waits together, so that the one that came to nothing is named.
    { timeout: 420_000 + KILLS * 240_000 },
    async () => {
      product = await start();
      const undisturbed = await startScan(product, 'undisturbed');
      const whole = await ended(undisturbed.id);
      expect(whole).toMatchObject({ status: 'completed', done_items: String(FILES) });
      const expected = await findingsOf(undisturbed.id);
      expect(expected.length).toBeGreaterThan(FILES * 6);

      let gate = await shutGate();
      const disturbed = await startScan(product, 'disturbed');
      for (let kill = 0; kill < KILLS; kill++) {
        const present = gate;
        await until(
          async () => {
            if (!(await present.isReached())) return false;
            // One part at least was finished since the last kill, and another one is in the middle of its work.
            if ((await donePartsOf(disturbed.id)) > kill) return true;
            await present.letPass();
            return false;
          },
          { what: `the moment of kill ${kill}`, timeoutMs: 120_000 },
        );
        await product.kill();
        await gate.open();
        const [row] = await query<{ status: string }>('select status from scans where id = $1', [disturbed.id]);
        expect(row?.status).toMatch(/planning|running/);
        if (kill + 1 < KILLS) gate = await shutGate();
        product = await start();
      }
      const resumed = await ended(disturbed.id);
      expect(resumed).toEqual(whole);
      const found = await findingsOf(disturbed.id);
      expect(new Set(found).size).toBe(found.length);
      expect(found).toEqual(expected);
      await product.stop();
    },
  );
});
