import type { SqlRunner } from './sql-runner.ts';

/** A person a scan can be shared with. */
export interface ShareCandidate {
  readonly id: string;
  readonly email: string;
  readonly hasAccess: boolean;
}

/** The analysts of the organisation but the scan's maker, and whether each may see the scan. */
export async function listShares(sql: SqlRunner, scanId: string): Promise<readonly ShareCandidate[]> {
  const { rows } = await sql.query<ShareCandidate>(
    `select u.id, u.email, sh.user_id is not null as "hasAccess"
     from users u left join scan_shares sh on sh.user_id = u.id and sh.scan_id = $1
     where u.role = 'analyst' and u.status = 'active'
       and u.id is distinct from (select created_by from scans where id = $1)
     order by u.email limit 1000`,
    [scanId],
  );
  return rows;
}

/** Makes exactly these people of the organisation see the scan; others' ids are ignored. */
export async function replaceShares(sql: SqlRunner, scanId: string, userIds: readonly string[]): Promise<void> {
  await sql.query('delete from scan_shares where scan_id = $1 and not (user_id = any($2::uuid[]))', [scanId, userIds]);
  await addShares(sql, scanId, userIds);
}

/** Lets further people of the organisation see the scan. */
export async function addShares(sql: SqlRunner, scanId: string, userIds: readonly string[]): Promise<void> {
  await sql.query(
    `insert into scan_shares (scan_id, user_id, organisation_id)
     select $1, u.id, u.organisation_id from users u where u.id = any($2::uuid[]) on conflict do nothing`,
    [scanId, userIds],
  );
}

/** Ends one person's view of the scan. */
export async function removeShare(sql: SqlRunner, scanId: string, userId: string): Promise<boolean> {
  const { rowCount } = await sql.query('delete from scan_shares where scan_id = $1 and user_id = $2', [scanId, userId]);
  return rowCount > 0;
}
