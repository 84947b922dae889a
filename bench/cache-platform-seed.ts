// Rows of the platform as its migrations want them: 200,000 findings of 200 scans in 20 organisations.
import type pg from 'pg';
import { readRiskInput } from '../app/src/features/reports/risk-repository.ts';
import { scoreRisk } from '../app/src/features/reports/risk-score.ts';

export const ORGANISATIONS = 20;
export const SCANS = 200;
const FINDINGS = 200_000;
const SKIPPED_PER_SCAN = 20;

const ID = {
  organisation: '00000000-0000-4000-8000-',
  manager: '00000000-0000-4001-8000-',
  analyst: '00000000-0000-4002-8000-',
  scan: '00000000-0000-4003-8000-',
} as const;

/** The id of a row by its number. */
export function idOf(kind: keyof typeof ID, number: number): string {
  return ID[kind] + String(number).padStart(12, '0');
}

const idSql = (kind: keyof typeof ID, number: string): string =>
  `('${ID[kind]}' || lpad((${number})::text, 12, '0'))::uuid`;

const SEED: readonly string[] = [
  `insert into organisations (id, name) select ${idSql('organisation', 'n')}, 'Organisation ' || n from generate_series(0, ${ORGANISATIONS - 1}) n`,
  ...(['manager', 'analyst'] as const).map(
    (role) => `insert into users (id, organisation_id, email, name, password_hash, role)
      select ${idSql(role, 'n')}, ${idSql('organisation', 'n')}, '${role}' || n || '@example.org', 'Person ' || n, 'none', '${role}'
      from generate_series(0, ${ORGANISATIONS - 1}) n`,
  ),
  `insert into scans (id, organisation_id, created_by, name, source_kind, source_label, source_sealed, status, total_bytes,
      total_items, done_bytes, done_items, skipped_items, finding_count, revision, created_at, started_at, finished_at)
    select ${idSql('scan', 'n')}, ${idSql('organisation', `n % ${ORGANISATIONS}`)}, ${idSql('analyst', `n % ${ORGANISATIONS}`)},
      'Share ' || n, 'path', '/srv/share-' || n, '\\x00', 'completed', 52428800, 900, 52428800, 900, ${SKIPPED_PER_SCAN},
      ${FINDINGS / SCANS}, 12, timestamptz '2026-01-01' + n * interval '1 hour', timestamptz '2026-01-01' + n * interval '1 hour',
      timestamptz '2026-01-01' + n * interval '1 hour' + interval '4 minutes'
    from generate_series(0, ${SCANS - 1}) n`,
  `insert into findings (organisation_id, scan_id, batch, type, category, severity, score, reasons, item, location, location_key,
      masked, fingerprint, context, status, status_by, status_at, created_at)
    select ${idSql('organisation', `n % ${ORGANISATIONS}`)}, ${idSql('scan', `n % ${SCANS}`)}, 1 + n / ${SCANS} / 100, type, category,
      severity, 0.5 + (n % 50) / 100.0, array['checksum is right', 'the word ' || lower(type) || ' is near'], item,
      jsonb_build_object('item', item, 'line', n % 4000, 'column', n % 80, 'start', n * 7 % 90000, 'end', n * 7 % 90000 + 11),
      decode(md5('place ' || n), 'hex'), left(md5(n::text), 2) || '*****' || right(md5(n::text), 2),
      decode(md5('value ' || n % 150000) || md5('more ' || n % 150000), 'hex'),
      'Personnel file of ' || left(md5(n::text), 8) || ', number ' || left(md5(n::text), 2) || '*****, registered in the year ' || 1990 + n % 35,
      case when n % 10 = 0 then 'confirmed' when n % 10 = 1 then 'false_positive' else 'open' end,
      case when n % 10 < 2 then ${idSql('manager', `n % ${ORGANISATIONS}`)} end,
      case when n % 10 < 2 then timestamptz '2026-02-01' + n * interval '1 second' end,
      timestamptz '2026-01-01' + n * interval '1 minute'
    from generate_series(0, ${FINDINGS - 1}) n
    cross join lateral (select 'share/hr/' || md5((n / ${SCANS} % 300)::text) || '.docx' as item) file
    cross join lateral (select (array['BSN', 'IBAN', 'EMAIL', 'PHONE', 'PERSON_NAME'])[1 + n / ${SCANS} % 5] as type,
      (array['identifier', 'financial', 'contact', 'contact', 'identifier'])[1 + n / ${SCANS} % 5] as category,
      (array[4, 3, 2, 2, 1])[1 + n / ${SCANS} % 5] as severity) kind`,
  `insert into skipped_items (organisation_id, scan_id, item, code, reason)
    select ${idSql('organisation', `s % ${ORGANISATIONS}`)}, ${idSql('scan', 's')}, 'share/old/' || n || '.bin', 'UNSUPPORTED_TYPE', 'nothing reads this kind of file'
    from generate_series(0, ${SCANS - 1}) s, generate_series(1, ${SKIPPED_PER_SCAN}) n`,
  `update scans s set counts = jsonb_build_object(
      'severity', (select jsonb_object_agg((array['', 'low', 'medium', 'high', 'critical'])[severity + 1], n) from (select severity, count(*) as n from findings where scan_id = s.id group by 1) x),
      'category', (select jsonb_object_agg(category, n) from (select category, count(*) as n from findings where scan_id = s.id group by 1) x),
      'type', (select jsonb_object_agg(type, n) from (select type, count(*) as n from findings where scan_id = s.id group by 1) x))`,
];

/** Fills a migrated database, as its owner. */
export async function seedPlatform(owner: pg.Client): Promise<void> {
  for (const statement of SEED) await owner.query(statement);
  await owner.query('vacuum analyze');
  const sql = {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) => {
      const { rows, rowCount } = await owner.query<Row>(text, [...values]);
      return { rows, rowCount: rowCount ?? 0 };
    },
  };
  for (let scan = 0; scan < SCANS; scan++) {
    const id = idOf('scan', scan);
    const risk = scoreRisk(await readRiskInput(sql, [id]));
    await owner.query('update scans set risk_score = $2, risk = $3 where id = $1', [
      id,
      risk.score,
      JSON.stringify(risk),
    ]);
  }
  await owner.query('vacuum analyze scans');
}
