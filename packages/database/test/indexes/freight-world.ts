import { createHash } from 'node:crypto';
import type { PlantedWorld } from './planted-world.ts';

const TENANTS = 60;
const PARCELS = 120_000;
const SCANS = 300_000;
const INVOICES = 80_000;
const DEPOTS = 400;

const rows = (count: number, scale: number): number => Math.round(count * scale);
const day = (number: number): Date => new Date(Date.UTC(2025, 0, 1 + number));

/** Freight with many tenants in shared tables: uuid keys, quoted names, pages by key, soft deletion, upserts. */
export const freightWorld: PlantedWorld = {
  name: 'freight',
  setUp: (scale) => [
    'create table depots (code text primary key, country char(2) not null, capacity int not null)',
    `insert into depots select 'D' || n, (array['NL','BE','DE','FR','PL'])[1 + n % 5], 100 + n % 900 from generate_series(1, ${DEPOTS}) n`,
    `create table parcels (id uuid primary key, "tenantId" int not null, reference text not null, status smallint not null,
       origin text not null references depots, destination text not null references depots, "weightGrams" int not null,
       recipient text not null, "createdAt" timestamptz not null, "deliveredAt" timestamptz, "deletedAt" timestamptz)`,
    `insert into parcels select md5('p' || n)::uuid, 1 + (n * 37) % ${TENANTS}, 'REF-' || lpad(n::text, 8, '0'),
       case when n % 50 = 0 then 1 when n % 70 = 0 then 2 else 9 end, 'D' || (1 + (n * 13) % ${DEPOTS}), 'D' || (1 + (n * 101) % ${DEPOTS}),
       50 + (n * 7919) % 30000, 'Recipient ' || (n * 31) % 40000, '2025-01-01'::timestamptz + n * interval '4 minutes',
       case when n % 50 > 0 and n % 70 > 0 then '2025-01-03'::timestamptz + n * interval '4 minutes' end,
       case when n % 33 = 0 then '2025-02-01'::timestamptz + n * interval '4 minutes' end
       from generate_series(1, ${rows(PARCELS, scale)}) n`,
    `create table scans ("parcelId" uuid not null references parcels on delete cascade, sequence int not null, depot text not null,
       kind text not null, at timestamptz not null, payload jsonb not null, primary key (depot, at, "parcelId", sequence))`,
    `insert into scans select md5('p' || (1 + (n * 7) % ${rows(PARCELS, scale)}))::uuid, n, 'D' || (1 + (n * 17) % ${DEPOTS}),
       (array['in','out','load','unload','exception'])[1 + (n % 41) % 5], '2025-01-01'::timestamptz + n * interval '2 minutes',
       jsonb_build_object('device', 'S' || n % 900, 'ok', n % 97 > 0) from generate_series(1, ${rows(SCANS, scale)}) n`,
    `create table invoices (id bigint primary key, "tenantId" int not null, "parcelId" uuid not null, cents bigint not null,
       currency char(3) not null, "issuedOn" date not null, "dueOn" date not null, "paidOn" date, note text)`,
    `insert into invoices select n, 1 + (n * 37) % ${TENANTS}, md5('p' || n)::uuid, 500 + n % 90000, (array['EUR','PLN'])[1 + n % 2],
       '2025-01-01'::date + (n / 200)::int, '2025-01-31'::date + (n / 200)::int, case when n % 12 > 0 then '2025-01-20'::date + (n / 200)::int end,
       'note ' || md5(n::text) from generate_series(1, ${rows(INVOICES, scale)}) n`,
    `create table counters ("tenantId" int not null, day date not null, parcels int not null, primary key ("tenantId", day))`,
    `insert into counters select t, '2025-01-01'::date + d, t * d from generate_series(1, ${TENANTS}) t, generate_series(0, 300) d`,
    'create sequence row_ids start 10000000',
    'vacuum analyze',
  ],
  faults: [
    { sql: 'create index parcels_tenant on parcels ("tenantId")' },
    { sql: 'create index parcels_tenant_reference on parcels ("tenantId", reference)' },
    { sql: 'create index invoices_tenant on invoices ("tenantId")' },
    { sql: 'create index invoices_tenant_twice on invoices ("tenantId")' },
    { sql: 'create index invoices_note on invoices (note)' },
    { sql: 'create index scans_payload on scans using gin (payload)' },
    { sql: 'create unique index concurrently parcels_recipient_once on parcels (recipient)', fails: true },
    { sql: 'create unique index parcels_reference on parcels (reference)' },
    { sql: 'create index parcels_origin on parcels (origin)' },
    { sql: 'create index parcels_destination on parcels (destination)' },
  ],
  wrongIndexes: ['parcels_tenant', 'invoices_tenant_twice', 'invoices_note', 'scans_payload', 'parcels_recipient_once'],
  touches: [
    `select count(*) from parcels where "tenantId" = 5 and reference > 'REF-00050000'`,
    'select count(*) from invoices where "tenantId" = 7',
    `select count(*) from parcels where origin = 'D7'`,
  ],
  statements: [
    {
      name: 'next page of a tenant',
      weight: 150,
      text: `select id, reference, status, "createdAt" from parcels where "tenantId" = $1 and "deletedAt" is null
        and ("createdAt", id) < ($2, $3) order by "createdAt" desc, id desc limit 25`,
      values: (pick) => [pick(TENANTS), day(30 + pick(250)), 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    },
    {
      name: 'history of a parcel',
      weight: 220,
      text: 'select sequence, depot, kind, at from scans where "parcelId" = $1 order by at',
      values: (pick, scale) => [toParcelId(pick(rows(PARCELS, scale)))],
    },
    {
      name: 'history of a handful',
      weight: 40,
      text: 'select "parcelId", max(at) as last from scans where "parcelId" = any($1::uuid[]) group by "parcelId"',
      values: (pick, scale) => [Array.from({ length: 8 }, () => toParcelId(pick(rows(PARCELS, scale))))],
    },
    {
      name: 'under way at a depot',
      weight: 80,
      text: `select p.id, p.reference, d.country from parcels p join depots d on d.code = p.destination
        where p.origin = $1 and p.status in (1, 2) order by p."createdAt" limit 40`,
      values: (pick) => [`D${pick(DEPOTS)}`],
    },
    {
      name: 'open invoices',
      weight: 60,
      text: 'select id, cents, "dueOn" from invoices where "tenantId" = $1 and "paidOn" is null and "dueOn" <= $2 order by "dueOn" limit 50',
      values: (pick) => [pick(TENANTS), day(60 + pick(200))],
    },
    {
      name: 'invoice of a parcel',
      weight: 120,
      text: 'select id, cents, currency from invoices where "parcelId" = $1',
      values: (pick, scale) => [toParcelId(pick(rows(INVOICES, scale)))],
    },
    {
      name: 'turnover by month',
      weight: 6,
      text: `select date_trunc('month', "issuedOn") as month, sum(cents) from invoices where "tenantId" = $1 and currency = 'EUR'
        and "issuedOn" between $2 and $3 group by 1 order by 1`,
      values: (pick) => [pick(TENANTS), day(pick(100)), day(120 + pick(200))],
    },
    {
      name: 'recipient by name',
      weight: 50,
      text: 'select id, reference from parcels where "tenantId" = $1 and lower(recipient) = lower($2) and "deletedAt" is null',
      values: (pick) => [pick(TENANTS), `recipient ${pick(39_000)}`],
    },
    {
      name: 'parcels that nobody scanned',
      weight: 3,
      text: `select p.id from parcels p where p."tenantId" = $1 and p.status = 1
        and not exists (select 1 from scans s where s."parcelId" = p.id and s.kind = 'out') limit 20`,
      values: (pick) => [pick(TENANTS)],
    },
    {
      name: 'heaviest to a depot',
      weight: 30,
      text: 'select id, "weightGrams" from parcels where destination = $1 and "weightGrams" > $2 order by "weightGrams" desc limit 10',
      values: (pick) => [`D${pick(DEPOTS)}`, 20_000 + pick(8_000)],
    },
    {
      name: 'exceptions of a day',
      weight: 15,
      text: `select depot, count(*) from scans where kind = 'exception' and at >= $1 and at < $2 group by depot`,
      values: (pick) => {
        const first = pick(300);
        return [day(first), day(first + 1)];
      },
    },
    {
      name: 'reference starts with',
      weight: 25,
      text: `select id, reference from parcels where reference like $1 order by reference limit 10`,
      values: (pick) => [`REF-000${pick(9)}${pick(9)}%`],
    },
    {
      name: 'a parcel',
      weight: 300,
      text: 'select * from parcels where id = $1',
      values: (pick, scale) => [toParcelId(pick(rows(PARCELS, scale)))],
    },
    {
      name: 'count of a day',
      weight: 60,
      writes: true,
      text: `insert into counters ("tenantId", day, parcels) values ($1, $2, 1)
        on conflict ("tenantId", day) do update set parcels = counters.parcels + 1`,
      values: (pick) => [pick(TENANTS), day(pick(290))],
    },
    {
      name: 'scan',
      weight: 200,
      writes: true,
      text: `insert into scans ("parcelId", sequence, depot, kind, at, payload) values ($1, nextval('row_ids'), $2, 'in', $3, '{"ok": true}')`,
      values: (pick, scale) => [toParcelId(pick(rows(PARCELS, scale))), `D${pick(DEPOTS)}`, day(700)],
    },
    {
      name: 'delivered',
      weight: 60,
      writes: true,
      text: 'update parcels set status = 9, "deliveredAt" = $2 where id = $1',
      values: (pick, scale) => [toParcelId(pick(rows(PARCELS, scale))), day(400)],
    },
    {
      name: 'pay',
      weight: 30,
      writes: true,
      text: 'update invoices set "paidOn" = $2 where id = $1',
      values: (pick, scale) => [pick(rows(INVOICES, scale)), day(300)],
    },
    {
      name: 'bill',
      weight: 60,
      writes: true,
      text: `insert into invoices (id, "tenantId", "parcelId", cents, currency, "issuedOn", "dueOn") values
        (nextval('row_ids'), $1, $2, 900, 'EUR', $3, $4)`,
      values: (pick, scale) => [pick(TENANTS), toParcelId(pick(rows(PARCELS, scale))), day(400), day(430)],
    },
  ],
};

/** The key that the rows were made with. */
function toParcelId(number: number): string {
  const hex = createHash('md5').update(`p${number}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
