// npm run bench -- cache --only codec; or alone: node bench/cache-codec.ts
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { createSeededRandom } from '@dataguardian/testing';
import { Packr } from 'msgpackr';
import { admitValue } from '../packages/cache/src/memory/admission.ts';
import { RecordCodec } from '../packages/cache/src/codec/record-codec.ts';
import { interleave, type Measured, round } from './cache-measure.ts';

const ROUNDS = 7;
const OWN_TAG = [['', 1_780_000_000_000_000]] as const;
const TYPES = ['BSN', 'IBAN', 'EMAIL', 'PHONE', 'PERSON', 'ADDRESS', 'DOB', 'HEALTH'];
const SEVERITIES = ['low', 'medium', 'high', 'critical'];
const FOLDERS = ['hr/contracts', 'finance/invoices/2026', 'support/exports', 'legal/correspondence', 'it/backups'];
const WORDS = 'the of person contract dated amount payable number letter address signed regarding sent on behalf'.split(
  ' ',
);

/** What the platform caches: a session, the result of a scan, a long list of findings; texts and ids as random as real. */
export function createPayloads(): Readonly<Record<'session' | 'result' | 'list', unknown>> {
  const random = createSeededRandom(7);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => random.integer(0, 15).toString(16)).join('');
  const id = (): string => `0198c1f2-${hex(4)}-7${hex(3)}-a${hex(3)}-${hex(12)}`;
  const words = (count: number): string => Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
  const scanId = id();
  const finding = () => ({
    id: id(),
    scanId,
    type: random.pick(TYPES),
    severity: random.pick(SEVERITIES),
    confidence: random.integer(50, 100) / 100,
    path: `share/${random.pick(FOLDERS)}/${words(2).replace(' ', '-')}-${random.integer(1, 900)}.docx`,
    line: random.integer(1, 4_000),
    column: random.integer(1, 160),
    masked: `${hex(2)}****${hex(3)}`,
    context: `${words(4)} ████ ${words(3)}`,
    triage: random.next() < 0.7 ? null : random.pick(['confirmed', 'false positive']),
    createdAt: `2026-11-${random.integer(10, 28)}T1${random.integer(0, 9)}:${random.integer(10, 59)}:07.${random.integer(100, 999)}Z`,
  });
  return {
    session: {
      id: hex(32),
      userId: id(),
      organisationId: id(),
      roles: ['analyst', 'auditor'],
      createdAt: 1_780_000_000_000,
      lastSeenAt: 1_780_000_360_000,
      device: { agent: 'Mozilla/5.0 (X11; Linux x86_64)', address: '192.0.2.17' },
      locale: 'nl',
    },
    result: {
      id: scanId,
      name: 'Monthly scan of the file share',
      status: 'completed',
      startedAt: '2026-11-20T10:11:12.345Z',
      finishedAt: '2026-11-20T10:31:02.001Z',
      counts: {
        files: 48_211,
        bytes: 9_811_223_344,
        findings: 1_204,
        bySeverity: { low: 700, medium: 301, high: 203 },
      },
      source: { kind: 'path', path: '/srv/share', exclude: ['*.iso', 'node_modules'] },
      findings: Array.from({ length: 56 }, finding),
    },
    list: { items: Array.from({ length: 2_800 }, finding), next: null, total: 2_800 },
  };
}

/** Time and bytes of our records beside JSON, JSON with zstd, and MessagePack with zstd; each from value to bytes and back. */
export async function measureCodec({ isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const codec = new RecordCodec();
  const outcome: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(createPayloads())) {
    const repeats = name === 'session' ? 20_000 : name === 'result' ? 400 : 12;
    const json = Buffer.from(JSON.stringify(value));
    const record = { value, freshUntil: 1_780_000_000_000, staleUntil: 1_780_000_060_000, loadMs: 12, tags: OWN_TAG };
    const admitted = admitValue(value, { freeze: false });
    const options = { admitted, cipher: undefined, name: 'x' };
    const ours = Buffer.from(await codec.encode(record, options));
    const read = async (): Promise<unknown> => codec.readValue(ours, codec.readFront(ours), options);
    if (JSON.stringify(await read()) !== json.toString()) throw new Error(`${name} came back as something else`);
    const rivals = await createRivals(value, json, name === 'session');
    // Processor time, all threads included: waiting for a core says nothing about a codec.
    const timed = async (work: () => unknown): Promise<number> => {
      const before = process.cpuUsage();
      for (let repeat = 0; repeat < repeats; repeat++) {
        const answer = work();
        if (answer instanceof Promise) await answer;
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / repeats;
    };
    const tasks = {
      'JSON write': () => timed(() => Buffer.from(JSON.stringify(value))),
      'ours write': () => timed(() => codec.encode(record, options)),
      'ours write, looked through first': () => timed(() => codec.encode(record, { cipher: undefined, name: 'x' })),
      'JSON read': () => timed(() => JSON.parse(json.toString()) as unknown),
      'ours read': () => timed(() => codec.readValue(ours, codec.readFront(ours), options)),
      ...Object.fromEntries(
        rivals.flatMap((one) => [
          [`${one.name} write`, () => timed(one.write)],
          [`${one.name} read`, () => timed(one.read)],
        ]),
      ),
    };
    // The first round makes code, and does not count.
    await interleave(1, tasks);
    const times = await interleave(isShort ? 3 : ROUNDS, tasks);
    const ratio = (what: 'read' | 'write', over: string): number =>
      round(median(times, `ours ${what}`) / median(times, `${over} ${what}`));
    outcome[name] = {
      bytes: {
        JSON: json.length,
        ours: ours.length,
        ...Object.fromEntries(rivals.map((one) => [one.name, one.bytes])),
      },
      'microseconds of processor time each': times,
      'ours over JSON': {
        bytes: round(ours.length / json.length),
        'write time': ratio('write', 'JSON'),
        'read time': ratio('read', 'JSON'),
      },
    };
  }
  return outcome;
}

interface Rival {
  readonly name: string;
  readonly bytes: number;
  readonly write: () => unknown;
  readonly read: () => unknown;
}

async function createRivals(value: unknown, json: Buffer, isSmall: boolean): Promise<Rival[]> {
  const packr = new Packr({ useRecords: true, moreTypes: true });
  const packed = Buffer.from(packr.pack(value));
  const plain = {
    name: 'MessagePack',
    bytes: packed.length,
    write: () => packr.pack(value),
    read: () => packr.unpack(packed) as unknown,
  };
  if (isSmall) return [plain];
  const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
  const squeeze = promisify(zstdCompress);
  const unsqueeze = promisify(zstdDecompress);
  const jsonZstd = await squeeze(json, options);
  const packedZstd = await squeeze(packed, options);
  return [
    plain,
    {
      name: 'JSON + zstd',
      bytes: jsonZstd.length,
      write: () => squeeze(Buffer.from(JSON.stringify(value)), options),
      read: async () => JSON.parse((await unsqueeze(jsonZstd)).toString()) as unknown,
    },
    {
      name: 'MessagePack + zstd',
      bytes: packedZstd.length,
      write: () => squeeze(Buffer.from(packr.pack(value)), options),
      read: async () => packr.unpack(await unsqueeze(packedZstd)) as unknown,
    },
  ];
}

function median(times: Readonly<Record<string, Measured>>, name: string): number {
  return times[name]?.median ?? Number.NaN;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.stdout.write(`${JSON.stringify(await measureCodec({ isShort: false }), undefined, 1)}\n`);
