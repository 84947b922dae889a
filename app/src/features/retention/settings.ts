import { z } from 'zod';
import type { SqlRunner } from '../scans/sql-runner.ts';

/** What an organisation's administrator decides about scans. */
export const settingsSchema = z.object({
  /** Days after which an ended scan is deleted; null: never. */
  retentionDays: z.int().min(1).max(3650).nullable(),
  /** Whether uploaded files stay after their scan. */
  keepUploads: z.boolean(),
  /** Absolute paths below which folders of the server may be scanned; empty: all, by administrators of the first organisation. */
  scanRoots: z.array(z.string().min(1).max(4096).startsWith('/')).max(100),
  /** Whether anybody may scan sources with internal addresses. */
  allowPrivateAddresses: z.boolean(),
  /** Whether administrators must have a second factor: without one they can do nothing but set it up. */
  adminsNeedSecondFactor: z.boolean(),
});

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/** Settings of an organisation that has decided nothing. */
export const defaultSettings: Settings = {
  retentionDays: null,
  keepUploads: false,
  scanRoots: [],
  allowPrivateAddresses: false,
  adminsNeedSecondFactor: false,
};

/** The organisation's settings, defaults where it decided nothing. */
export async function readSettings(sql: SqlRunner): Promise<Settings> {
  const { rows } = await sql.query<{ readonly [Key in keyof Settings]: Settings[Key] }>(
    `select retention_days as "retentionDays", keep_uploads as "keepUploads", scan_roots as "scanRoots",
       allow_private_addresses as "allowPrivateAddresses", admins_need_second_factor as "adminsNeedSecondFactor" from organisation_settings`,
  );
  return rows[0] ?? defaultSettings;
}

/** Stores the organisation's settings. */
export async function writeSettings(sql: SqlRunner, organisationId: string, settings: Settings): Promise<void> {
  await sql.query(
    `insert into organisation_settings (organisation_id, retention_days, keep_uploads, scan_roots,
       allow_private_addresses, admins_need_second_factor)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (organisation_id) do update set retention_days = excluded.retention_days, keep_uploads = excluded.keep_uploads,
       scan_roots = excluded.scan_roots, allow_private_addresses = excluded.allow_private_addresses,
       admins_need_second_factor = excluded.admins_need_second_factor, updated_at = now()`,
    [
      organisationId,
      settings.retentionDays,
      settings.keepUploads,
      settings.scanRoots,
      settings.allowPrivateAddresses,
      settings.adminsNeedSecondFactor,
    ],
  );
}
