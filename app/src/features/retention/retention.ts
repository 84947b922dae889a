import type { AppContext } from '../../server/context.ts';
import { scanChannel, scanTags } from '../scans/scan-signals.ts';
import { deleteUploadFiles, listUploads } from '../uploads/upload-store.ts';

/** How much retention removed. */
export interface Removed {
  readonly scans: number;
  readonly uploads: number;
}

/** Days an upload stays that no running scan needs and nobody asked to keep. */
const UPLOAD_DAYS = 7;
/** No upload takes so long: its files belong to nobody when they have no row by then. */
const ORPHAN_MS = 24 * 60 * 60_000;
/** Scans deleted in one transaction: each may have a million findings. */
const BATCH = 20;

/** Deletes ended scans that are older than their organisation keeps them, and uploads that no scan will need again. */
export async function runRetention({
  ownerDatabase,
  config,
  cache,
  clock,
}: Pick<AppContext, 'ownerDatabase' | 'config' | 'cache' | 'clock'>): Promise<Removed> {
  let scans = 0;
  for (;;) {
    const { rows } = await ownerDatabase.query<{ id: string; organisation_id: string }>(
      `delete from scans where id in (
         select s.id from scans s join organisation_settings o on o.organisation_id = s.organisation_id
         where o.retention_days is not null and s.status in ('completed', 'failed', 'cancelled')
           and s.finished_at < now() - make_interval(days => o.retention_days)
         order by s.finished_at limit $1)
       returning id, organisation_id`,
      [BATCH],
    );
    scans += rows.length;
    await cache.invalidateTags([...new Set(rows.flatMap((row) => scanTags(row.organisation_id, row.id)))]);
    // Other processes may hold pages of findings that are gone.
    for (const { id: scanId, organisation_id: organisationId } of rows)
      await ownerDatabase.query('select pg_notify($1, $2)', [scanChannel, JSON.stringify({ organisationId, scanId })]);
    if (rows.length < BATCH) break;
  }
  const { rows: uploads } = await ownerDatabase.query<{ id: string }>(
    `update uploads u set deleted_at = now()
     where u.deleted_at is null and u.created_at < now() - make_interval(days => $1)
       and not exists (select from scans s where s.upload_id = u.id
         and (s.status in ('queued', 'planning', 'running', 'paused') or (s.options ->> 'keepUpload')::boolean))
       and (not exists (select from organisation_settings o where o.organisation_id = u.organisation_id and o.keep_uploads)
         or not exists (select from scans s where s.upload_id = u.id))
     returning id`,
    [UPLOAD_DAYS],
  );
  for (const { id } of uploads) await deleteUploadFiles(config.dataDir, id);
  const orphans = await removeOrphans({ ownerDatabase, config, clock });
  return { scans, uploads: uploads.length + orphans };
}

/** Files of uploads that no row knows: a server was killed while they came in, or their organisation is gone. */
async function removeOrphans({
  ownerDatabase,
  config,
  clock,
}: Pick<AppContext, 'ownerDatabase' | 'config' | 'clock'>): Promise<number> {
  const old = await listUploads(config.dataDir, clock.now() - ORPHAN_MS);
  if (old.length === 0) return 0;
  const { rows } = await ownerDatabase.query<{ id: string }>(
    'select id from uploads where id::text = any ($1) and deleted_at is null',
    [old],
  );
  const known = new Set(rows.map(({ id }) => id));
  const orphans = old.filter((id) => !known.has(id));
  for (const id of orphans) await deleteUploadFiles(config.dataDir, id);
  return orphans.length;
}
