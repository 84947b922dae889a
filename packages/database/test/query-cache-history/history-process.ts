// One process of a history: reads and writes as fast as its pauses let it, and checks what a single process can check.
import { createCache } from '@dataguardian/cache';
import { createDatabase, type SharedResult } from '../../src/index.ts';
import { createSeededRandom, until } from '@dataguardian/testing';
import {
  KEY_COUNT,
  LEASE_MS,
  NEVER,
  PAIR,
  READS,
  machineTime,
  type FromProcess,
  type Seen,
  type ToProcess,
  type Write,
} from './history.ts';

const [connectionString = '', name = '', seed = '1', redisUrl = ''] = process.argv.slice(2);
const random = createSeededRandom(Number(seed));
const cache = createCache({ redisUrl });
const answers = cache.namespace<SharedResult>('answers', { ttlMs: 600_000, earlyRefreshRatio: 0, tiers: 'redis' });
let sharedHits = 0;
const database = createDatabase({
  connectionString,
  applicationName: name,
  minConnections: 0,
  maxConnections: 8,
  acquireTimeoutMs: 2_000,
  connectTimeoutMs: 1_500,
  statementTimeoutMs: 3_000,
  queryCache: 'on',
  queryCacheOptions: {
    leaseMs: LEASE_MS,
    sharedTier: {
      async get(key) {
        const found = await answers.get(key);
        if (found !== undefined) sharedHits += 1;
        return found;
      },
      set: (key, value) => answers.set(key, value),
    },
  },
});
const pool = database.asPgPool();

interface Row {
  readonly id: number;
  readonly n: string;
}

const acked = Array.from({ length: KEY_COUNT }, () => 0);
const lastSeen = READS.map(() => Array.from({ length: KEY_COUNT }, () => 0));
const writes: Write[] = [];
const seen: Seen[] = [];
const violations: string[] = [];
let hits = 0;
let readCount = 0;
let errors = 0;
let isWriting = true;
let isReading = true;
let quietUntil = 0;

const tell = (message: FromProcess): void => void process.send?.(message);
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
const isBreakage = (error: unknown): boolean => {
  errors += 1;
  return error instanceof Error;
};

function note(key: number, version: number): void {
  writes.push({ key, version, ackedAt: machineTime() });
  acked[key] = Math.max(acked[key] ?? 0, version);
}

async function writeOnce(): Promise<void> {
  const key = random.integer(0, KEY_COUNT - 3);
  const kind = random.integer(0, 6);
  const bump = 'update kv set n = n + 1 where id = $1 returning id, n';
  if (kind <= 1) {
    // In a row, so that sessions come to be known by it, and their triggers silent.
    for (let count = kind === 0 ? 1 : 6; count > 0; count--) {
      const { rows } = await database.query<Row>(bump, [key]);
      note(key, Number(rows[0]?.n));
    }
  } else if (kind === 2) {
    const { rows } = await database.query<{ n: string }>('select bump($1::int) as n', [key]);
    note(key, Number(rows[0]?.n));
  } else if (kind === 3) {
    const versions = await database.transaction(async (sql) => {
      const first = await sql.query<Row>(bump, [PAIR[0]]);
      if (random.next() < 0.5) await pause(random.integer(0, 5));
      const second = await sql.query<Row>(bump, [PAIR[1]]);
      const inside = await sql.query<Row>(READS[4] ?? '', [...PAIR]);
      if (inside.rows.some(({ n }, index) => n !== [first, second][index]?.rows[0]?.n))
        violations.push('a transaction did not read its own writes');
      return [first.rows[0]?.n, second.rows[0]?.n];
    });
    PAIR.forEach((pairKey, index) => note(pairKey, Number(versions[index])));
  } else if (kind === 4) {
    await database
      .transaction(async (sql) => {
        await sql.query(`update kv set n = n + ${NEVER} where id = $1`, [key]);
        await pause(random.integer(0, 5));
        throw new Error('changed my mind');
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.message === 'changed my mind')) throw error;
      });
  } else if (kind === 5) {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('begin');
      const { rows } = await client.query<Row>(bump, [key]);
      await client.query('commit');
      note(key, Number(rows[0]?.n));
    } catch (error) {
      failure = error instanceof Error ? error : new Error('failed', { cause: error });
      throw error;
    } finally {
      client.release(failure);
    }
  } else {
    const { rows } = await pool.query(bump, [key]);
    note(key, Number((rows as Row[])[0]?.n));
  }
}

async function readOnce(): Promise<void> {
  const read = random.integer(0, READS.length - 1);
  const key = random.integer(0, KEY_COUNT - 2);
  const values = read === 1 ? [] : read === 4 ? [key, key + 1] : [key];
  const ownFloor = acked.slice();
  const seenFloor = lastSeen[read]?.slice() ?? [];
  const startedAt = machineTime();
  const result = await database.query<Row>(READS[read] ?? '', values);
  const endedAt = machineTime();
  readCount += 1;
  if ((result as { verdict?: string }).verdict === 'hit') hits += 1;
  const versions = new Map(result.rows.map(({ id, n }) => [id, Number(n)]));
  if (versions.size !== (read === 1 ? KEY_COUNT : values.length))
    violations.push(`${READS[read]} gave ${versions.size} rows`);
  if (read === 1 && versions.get(PAIR[0]) !== versions.get(PAIR[1])) violations.push('a torn read of the pair');
  for (const [id, version] of versions) {
    if (version >= NEVER) violations.push(`key ${id}: a version that was rolled back`);
    if (version < (ownFloor[id] ?? 0))
      violations.push(`own-stale: ${READS[read]}, key ${id}: ${version} after ${ownFloor[id]}`);
    // The floor holds for one and the same statement with the same values.
    if (read !== 4 && version < (seenFloor[id] ?? 0))
      violations.push(`backward: ${READS[read]}, key ${id}: ${version} after ${seenFloor[id]}`);
    const known = lastSeen[read];
    if (known !== undefined && read !== 4) known[id] = Math.max(known[id] ?? 0, version);
    if (read !== 1 || random.next() < 0.1) seen.push({ read, key: id, version, startedAt, endedAt });
  }
  // Whoever mutates what it got must not change what the next one gets.
  for (const row of result.rows) Object.assign(row, { n: -1 });
}

async function writer(): Promise<void> {
  while (isWriting) {
    if (machineTime() >= quietUntil) await writeOnce().catch(isBreakage);
    await pause(random.integer(10, 60));
  }
}

async function reader(): Promise<void> {
  while (isReading) {
    for (let count = 0; count < 4; count++) await readOnce().catch(isBreakage);
    await pause(random.integer(0, 3));
  }
}

function report(): void {
  tell({
    kind: 'report',
    writes: writes.splice(0),
    seen: seen.splice(0),
    violations: violations.splice(0),
    hits,
    sharedHits,
    reads: readCount,
    errors,
  });
}

async function readFinally(): Promise<void> {
  isReading = false;
  await until(() => database.statistics().queryCache?.state === 'open', { what: `the cache of ${name} to open` });
  const before = database.statistics().queryCache?.hits ?? 0;
  const versions: number[][] = [];
  // Twice, so that the second answers come from memory.
  for (let round = 0; round < 2; round++)
    for (const [index, text] of READS.entries()) {
      const row: number[] = [];
      for (let key = 0; key < KEY_COUNT; key++) {
        const values = index === 1 ? [] : index === 4 ? [key, (key + 1) % KEY_COUNT] : [key];
        const { rows } = await database.query<Row>(text, values);
        row[key] = Number(rows.find(({ id }) => id === key)?.n);
      }
      versions[index] = row;
    }
  tell({ kind: 'final', versions, hits: (database.statistics().queryCache?.hits ?? 0) - before });
}

const writing = Promise.all([writer(), writer()]);
const reporting = setInterval(report, 100);
for (let count = 0; count < 6; count++) void reader();

process.on('message', (message: ToProcess) => {
  if (message.kind === 'pause-writing') {
    quietUntil = machineTime() + message.ms;
  } else if (message.kind === 'stop-writing') {
    isWriting = false;
    void writing.then(() => {
      report();
      tell({ kind: 'stopped' });
    });
  } else if (message.kind === 'final') {
    void readFinally().catch((error: unknown) => {
      violations.push(`the final reads failed: ${String(error)} ${JSON.stringify(database.statistics().queryCache)}`);
      report();
      tell({ kind: 'final', versions: [], hits: 0 });
    });
  } else {
    clearInterval(reporting);
    report();
    void Promise.all([database.close(), cache.close()]).finally(() => process.exit(0));
  }
});
process.on('disconnect', () => process.exit(0));
await until(async () => (await database.query('select 1')).rowCount === 1);
tell({ kind: 'ready' });
