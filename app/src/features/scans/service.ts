import { randomUUID } from 'node:crypto';
import { cachePolicies } from '@dataguardian/performance';
import type { AppContext } from '../../server/context.ts';
import type { Principal } from '../../server/principal.ts';
import { Problem, badRequest, conflict, forbidden, notFound, unavailable } from '../../server/problem.ts';
import { readsOf, withTenant } from '../../server/tenant.ts';
import { readSettings } from '../retention/settings.ts';
import { deleteUploadFiles, freeBytes } from '../uploads/upload-store.ts';
import { uploadFolder } from '../../worker/scan-source.ts';
import { writeSampleData } from './sample-data.ts';
import {
  type Page,
  type ScanListQuery,
  type ScanOwnership,
  cancelScan,
  deleteScan,
  findScan,
  insertScan,
  listScans,
  listSkipped,
  lockScan,
  reopenScan,
} from './repository.ts';
import { type Scan, isFinal } from './scan.ts';
import { everyScanTag, scanChannel, scanTags } from './scan-signals.ts';
import type { NewScan, ScanSource } from './schema.ts';
import { createSealedBox } from './sealed-box.ts';
import { type ShareCandidate, addShares, listShares, removeShare, replaceShares } from './shares-repository.ts';
import { toSourceLabel } from './source-label.ts';
import { admitSource } from './source-policy.ts';
import type { SqlRunner } from './sql-runner.ts';

/** What can be done with scans, on behalf of a person; what the person may not see does not exist. */
export interface ScanService {
  create(principal: Principal, input: NewScan): Promise<Scan>;
  createSample(principal: Principal, name: string): Promise<Scan>;
  list(principal: Principal, query: ScanListQuery): Promise<Page<Scan>>;
  /** @throws Problem 404 */
  get(principal: Principal, id: string): Promise<Scan>;
  /** As the database has it: past every cache that lives by time. */
  read(principal: Principal, id: string): Promise<Scan | undefined>;
  cancel(principal: Principal, id: string): Promise<Scan>;
  retry(principal: Principal, id: string): Promise<Scan>;
  remove(principal: Principal, id: string): Promise<void>;
  skipped(
    principal: Principal,
    id: string,
    page: { limit: number; cursor?: string | undefined },
  ): ReturnType<typeof listSkipped>;
  shares(principal: Principal, id: string): Promise<readonly ShareCandidate[]>;
  share(
    principal: Principal,
    id: string,
    change: { add?: readonly string[]; all?: readonly string[] },
  ): Promise<readonly ShareCandidate[]>;
  unshare(principal: Principal, id: string, userId: string): Promise<void>;
  /** Runs SQL that may only read, on behalf of the person, past the query cache: for what nobody reads twice. */
  reading<Result>(principal: Principal, work: (sql: SqlRunner) => Promise<Result>): Promise<Result>;
}

/** Below this much free disk, new scans and uploads are refused and reads go on. */
export const LEAST_FREE_BYTES = 256 * 1024 * 1024;

const MEMORY_RETRY_SECONDS = 30;

/** Lists show how far running scans are. */
const LIST_TTL_MS = 10_000;
/** How long cached reads may stand in for a database that is away. */
const GRACE_MS = 15 * 60_000;

/** Whose view a cached read is: an analyst's own, or that of everybody who sees the whole organisation. */
export function visibility({ organisationId, role, userId }: Principal): string {
  return `${organisationId}/${role === 'analyst' ? userId : 'all'}`;
}

/** 507: writing would fail or endanger the database. */
export function diskFull(): Problem {
  return new Problem(507, {
    code: 'DISK_FULL',
    title: 'Not enough disk space',
    detail: 'The disk that holds the data folder is nearly full; nothing was stored.',
    hint: 'Free space on that disk, delete old scans, or set a retention period. Reading goes on meanwhile.',
  });
}

/** @throws Problem DISK_FULL */
export async function assertDiskSpace(dataDir: string, neededBytes = 0): Promise<void> {
  const free = await freeBytes(dataDir).catch(() => Number.POSITIVE_INFINITY);
  if (free < LEAST_FREE_BYTES + neededBytes) throw diskFull();
}

/** @throws Problem DISK_FULL, or 503 while memory is short: the newest work is shed first */
async function assertRoom({ config, isShortOfMemory }: Pick<AppContext, 'config' | 'isShortOfMemory'>): Promise<void> {
  await assertDiskSpace(config.dataDir);
  if (isShortOfMemory())
    throw unavailable('Memory is short: new scans wait, everything else goes on.', MEMORY_RETRY_SECONDS);
}

/** Writes who did what; never holds found values. */
export async function writeAudit(
  sql: SqlRunner,
  principal: Principal,
  entry: { readonly action: string; readonly subject: string; readonly details?: object },
): Promise<void> {
  await sql.query(
    'insert into audit_log (organisation_id, user_id, action, subject, details) values ($1, $2, $3, $4, $5)',
    [principal.organisationId, principal.userId, entry.action, entry.subject, JSON.stringify(entry.details ?? {})],
  );
}

function assertChangeable(principal: Principal, scan: ScanOwnership | undefined): asserts scan is ScanOwnership {
  if (scan === undefined) throw notFound();
  if (principal.role === 'analyst' && scan.createdBy !== principal.userId)
    throw forbidden('The scan was shared with you to read; only its maker and managers may change it.');
}

/** Makes the service. */
export function createScanService(context: AppContext): ScanService {
  const { database, cache, secret, config } = context;
  const box = createSealedBox(secret);
  const shared = { graceMs: GRACE_MS, private: true, tags: [everyScanTag] };
  const lists = cache.namespace<Page<Scan>>('scan-lists', { ...shared, ttlMs: LIST_TTL_MS });
  const details = cache.namespace<Scan | null>('scan-details', { ...shared, ...cachePolicies.scanResults });

  const reading: ScanService['reading'] = (principal, work) =>
    withTenant(database, principal, work, { readOnly: true });

  async function changing<Result>(
    principal: Principal,
    id: string,
    work: (sql: SqlRunner) => Promise<Result>,
  ): Promise<Result> {
    const { organisationId } = principal;
    const result = await withTenant(database, principal, async (sql) => {
      const outcome = await work(sql);
      await sql.query('select pg_notify($1, $2)', [scanChannel, JSON.stringify({ organisationId, scanId: id })]);
      return outcome;
    });
    await cache.invalidateTags(scanTags(organisationId, id));
    return result;
  }

  async function mustRead(principal: Principal, id: string): Promise<Scan> {
    const scan = await service.read(principal, id);
    if (scan === undefined) throw notFound();
    return scan;
  }

  async function store(principal: Principal, input: NewScan, source: ScanSource): Promise<Scan> {
    await assertRoom(context);
    const id = randomUUID();
    await changing(principal, id, async (sql) => {
      const uploadId = source.kind === 'upload' ? source.uploadId : undefined;
      if (uploadId !== undefined) {
        const { rowCount } = await sql.query('select from uploads where id = $1 and deleted_at is null', [uploadId]);
        if (rowCount === 0)
          throw badRequest('UPLOAD_GONE', 'The upload does not exist any more.', 'Upload the files again.');
      }
      const sourceLabel = toSourceLabel(source, input.name);
      await insertScan(sql, {
        id,
        organisationId: principal.organisationId,
        userId: principal.userId,
        name: input.name,
        sourceKind: source.kind,
        sourceLabel,
        sealedSource: box.seal(JSON.stringify(source), id),
        sealedPlan: box.seal('plan', id),
        uploadId,
        options: input.options ?? {},
      });
      await writeAudit(sql, principal, {
        action: 'scan.create',
        subject: id,
        details: { kind: source.kind, sourceLabel },
      });
    });
    return mustRead(principal, id);
  }

  const service: ScanService = {
    reading,
    async create(principal, input) {
      const settings = await readSettings(readsOf(database, principal));
      const source = await admitSource(input.source, {
        principal,
        roots: settings.scanRoots,
        allowPrivateAddresses: settings.allowPrivateAddresses,
        dataDir: config.dataDir,
      });
      return store(principal, input, source);
    },
    async createSample(principal, name) {
      await assertRoom(context);
      const uploadId = randomUUID();
      const written = await writeSampleData(uploadFolder(config.dataDir, uploadId));
      await withTenant(database, principal, (sql) =>
        sql.query(
          'insert into uploads (id, organisation_id, created_by, file_count, total_bytes) values ($1, $2, $3, $4, $5)',
          [uploadId, principal.organisationId, principal.userId, written.files, written.bytes],
        ),
      );
      return store(principal, { name, source: { kind: 'upload', uploadId } }, { kind: 'upload', uploadId });
    },
    list: (principal, query) =>
      lists.getOrSet(
        `${visibility(principal)}/${JSON.stringify(query)}`,
        () => listScans(readsOf(database, principal), query),
        { tags: [`scans:${principal.organisationId}`] },
      ),
    async get(principal, id) {
      const scan = await details.getOrSet(
        `${visibility(principal)}/${id}`,
        async ({ skipStore }) => {
          const found = await service.read(principal, id);
          if (found === undefined || !isFinal(found.status)) skipStore();
          return found ?? null;
        },
        { tags: scanTags(principal.organisationId, id) },
      );
      if (scan === null) throw notFound();
      return scan;
    },
    read: (principal, id) => findScan(readsOf(database, principal), id),
    async cancel(principal, id) {
      await changing(principal, id, async (sql) => {
        const scan = await lockScan(sql, id);
        assertChangeable(principal, scan);
        if (isFinal(scan.status))
          throw conflict('SCAN_ENDED', 'The scan has ended already.', 'Start it again, or look at its findings.');
        await cancelScan(sql, id);
        await writeAudit(sql, principal, { action: 'scan.cancel', subject: id });
      });
      return mustRead(principal, id);
    },
    async retry(principal, id) {
      await assertRoom(context);
      await changing(principal, id, async (sql) => {
        const scan = await lockScan(sql, id);
        assertChangeable(principal, scan);
        if (!isFinal(scan.status))
          throw conflict('SCAN_ACTIVE', 'The scan is still at work.', 'Wait for its end, or cancel it first.');
        if (scan.isUploadGone)
          throw conflict(
            'UPLOAD_GONE',
            'The uploaded files were deleted after the scan.',
            'Upload them again as a new scan.',
          );
        await reopenScan(sql, id);
        await writeAudit(sql, principal, { action: 'scan.retry', subject: id });
      });
      return mustRead(principal, id);
    },
    async remove(principal, id) {
      const uploadId = await changing(principal, id, async (sql) => {
        const scan = await lockScan(sql, id);
        assertChangeable(principal, scan);
        await deleteScan(sql, id);
        await writeAudit(sql, principal, { action: 'scan.delete', subject: id });
        if (scan.uploadId === null) return undefined;
        const { rowCount } = await sql.query('select from scans where upload_id = $1', [scan.uploadId]);
        if (rowCount > 0) return undefined;
        await sql.query('update uploads set deleted_at = now() where id = $1', [scan.uploadId]);
        return scan.uploadId;
      });
      if (uploadId !== undefined) await deleteUploadFiles(config.dataDir, uploadId);
    },
    async skipped(principal, id, page) {
      await service.get(principal, id);
      return listSkipped(readsOf(database, principal), id, page);
    },
    async shares(principal, id) {
      await service.get(principal, id);
      return listShares(readsOf(database, principal), id);
    },
    share: (principal, id, { add, all }) =>
      changing(principal, id, async (sql) => {
        assertChangeable(principal, await lockScan(sql, id));
        if (all !== undefined) await replaceShares(sql, id, all);
        if (add !== undefined) await addShares(sql, id, add);
        await writeAudit(sql, principal, { action: 'scan.share', subject: id, details: { add, all } });
        return listShares(sql, id);
      }),
    unshare: (principal, id, userId) =>
      changing(principal, id, async (sql) => {
        assertChangeable(principal, await lockScan(sql, id));
        if (!(await removeShare(sql, id, userId))) throw notFound();
        await writeAudit(sql, principal, { action: 'scan.unshare', subject: id, details: { userId } });
      }),
  };
  return service;
}
