import type { PlantedWorld } from './planted-world.ts';

const CUSTOMERS = 40_000;
const ORDERS = 120_000;
const ITEMS = 180_000;
const EVENTS = 180_000;
const PRODUCTS = 20_000;

const rows = (count: number, scale: number): number => Math.round(count * scale);

/** A shop: eighteen weighted statements, five faults, and indexes that look useless and are not. */
export const shopWorld: PlantedWorld = {
  name: 'shop',
  setUp: (scale) => [
    'create extension if not exists pg_trgm',
    `create table customers (id int primary key, email text not null, full_name text not null, country text not null,
       last_seen_at timestamptz not null, note text not null)`,
    `insert into customers select n, 'Customer' || n || '@Example.org', chr(65 + n % 26) || chr(97 + n / 26 % 26) || 'name ' || n,
       (array['nl','be','de','fr'])[1 + n % 4], '2026-01-01'::timestamptz + n * interval '1 minute', md5(n::text)
       from generate_series(1, ${rows(CUSTOMERS, scale)}) n`,
    `create table coupons (id int primary key, code text not null unique)`,
    `insert into coupons select n, 'C' || n from generate_series(1, 500) n`,
    `create table orders (id int primary key, customer_id int not null references customers on delete cascade,
       coupon_id int references coupons, status text not null, placed_at timestamptz not null, total numeric(10,2) not null, note text not null)`,
    `insert into orders select n, 1 + (n * 7919) % ${rows(CUSTOMERS, scale)}, case when n % 20 = 0 then 1 + n % 500 end,
       case when n % 150 = 0 then 'pending' when n % 7 = 0 then 'cancelled' else 'sent' end,
       '2026-01-01'::timestamptz + (n * 7907 % ${rows(ORDERS, scale)}) * interval '2 minutes', n % 1000 + 0.5, md5(n::text)
       from generate_series(1, ${rows(ORDERS, scale)}) n`,
    `create table products (id int primary key, sku text not null, name text not null, tags text[] not null)`,
    `insert into products select n, 'SKU' || n, 'product ' || md5(n::text) || ' nr ' || n, array['t' || n % 400, 'u' || n % 90]
       from generate_series(1, ${rows(PRODUCTS, scale)}) n`,
    `create table order_items (id int primary key, order_id int not null references orders on delete cascade,
       product_id int not null, quantity int not null, price numeric(10,2) not null)`,
    `insert into order_items select n, 1 + (n * 6133) % ${rows(ORDERS, scale)}, 1 + (n * 31) % ${rows(PRODUCTS, scale)}, 1 + n % 5, n % 300
       from generate_series(1, ${rows(ITEMS, scale)}) n`,
    `create table events (id int primary key, tenant_id int not null, kind text not null, at timestamptz not null,
       read_at timestamptz, payload jsonb not null)`,
    `insert into events select n, 1 + (n * 37) % 200, 'kind' || n % 30, '2026-01-01'::timestamptz + n * interval '20 seconds',
       case when n % 40 > 0 then now() end, jsonb_build_object('order', n % 20000, 'source', 's' || n % 7)
       from generate_series(1, ${rows(EVENTS, scale)}) n`,
    'create sequence row_ids start 100000000',
    'vacuum analyze',
  ],
  faults: [
    { sql: 'create index customers_country on customers (country)' },
    { sql: 'create index customers_by_country on customers (country)' },
    { sql: 'create index events_tenant on events (tenant_id)' },
    { sql: 'create index events_tenant_kind on events (tenant_id, kind)' },
    { sql: 'create index orders_note on orders (note)' },
    { sql: 'create index customers_last_seen on customers (last_seen_at)' },
    { sql: `create unique index concurrently customers_country_unique on customers (country)`, fails: true },
    // Without use, and still needed: they enforce, or are the only help of a foreign key.
    { sql: 'create unique index products_sku on products (sku)' },
    { sql: 'create index orders_coupon on orders (coupon_id)' },
    { sql: `create index orders_cancelled on orders (placed_at) where status = 'cancelled' and total > 999` },
  ],
  wrongIndexes: [
    'customers_by_country',
    'events_tenant',
    'orders_note',
    'customers_last_seen',
    'customers_country_unique',
  ],
  touches: [`select count(*) from orders where status = 'cancelled' and total > 999 and placed_at < '2026-01-02'`],
  statements: [
    {
      name: 'orders of a customer',
      weight: 200,
      text: 'select id, placed_at, total, status from orders where customer_id = $1 order by placed_at desc limit 20',
      values: (pick, scale) => [pick(rows(CUSTOMERS, scale))],
    },
    {
      name: 'pending orders',
      weight: 60,
      text: `select id, customer_id, total from orders where status = 'pending' order by placed_at limit 50`,
      values: () => [],
    },
    {
      name: 'sign in',
      weight: 150,
      text: 'select id, full_name from customers where lower(email) = $1',
      values: (pick, scale) => [`customer${pick(rows(CUSTOMERS, scale))}@example.org`],
    },
    {
      name: 'an order with its items',
      weight: 150,
      text: `select o.id, o.total, i.product_id, i.quantity, p.name from orders o join order_items i on i.order_id = o.id
        join products p on p.id = i.product_id where o.id = $1`,
      values: (pick, scale) => [pick(rows(ORDERS, scale))],
    },
    {
      name: 'unread events',
      weight: 80,
      text: 'select id, kind, at from events where tenant_id = $1 and read_at is null order by at desc limit 20',
      values: (pick) => [pick(200)],
    },
    {
      name: 'events in a week',
      weight: 30,
      text: 'select count(*), max(at) from events where tenant_id = $1 and at >= $2 and at < $3',
      values: (pick) => {
        const day = pick(20);
        return [pick(200), new Date(Date.UTC(2026, 0, day)), new Date(Date.UTC(2026, 0, day + 7))];
      },
    },
    {
      name: 'events of an order',
      weight: 20,
      text: 'select id, kind, payload from events where payload @> $1',
      values: (pick) => [JSON.stringify({ order: pick(20_000) })],
    },
    {
      name: 'search for a product',
      weight: 20,
      text: 'select id, name from products where name ilike $1 limit 20',
      values: (pick) => [`%${(pick(4_000) * 7_919).toString(16).padStart(5, 'a').slice(0, 5)}%`],
    },
    {
      name: 'products with a tag',
      weight: 20,
      text: 'select id, name from products where tags @> array[$1]',
      values: (pick) => [`t${pick(400)}`],
    },
    {
      name: 'customers by the start of their name',
      weight: 30,
      text: 'select id, full_name from customers where full_name like $1 order by full_name limit 10',
      values: (pick) => [`${String.fromCodePoint(64 + pick(26))}${String.fromCodePoint(96 + pick(26))}%`],
    },
    {
      name: 'sales of a product',
      weight: 40,
      text: 'select sum(quantity * price), count(*) from order_items where product_id = $1',
      values: (pick, scale) => [pick(rows(PRODUCTS, scale))],
    },
    {
      name: 'page of events',
      weight: 40,
      text: 'select id, kind, at from events where tenant_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit 50',
      values: (pick) => [pick(200), new Date(Date.UTC(2026, 0, 1 + pick(40))), pick(100_000)],
    },
    {
      name: 'a customer',
      weight: 300,
      text: 'select id, email, full_name from customers where id = $1',
      values: (pick, scale) => [pick(rows(CUSTOMERS, scale))],
    },
    {
      name: 'events by kind',
      weight: 20,
      text: 'select id, at from events where tenant_id = $1 and kind = $2 order by id limit 20',
      values: (pick) => [pick(200), `kind${pick(29)}`],
    },
    {
      name: 'place an order',
      weight: 40,
      writes: true,
      text: `insert into orders (id, customer_id, status, placed_at, total, note)
        values (nextval('row_ids'), $1, 'sent', $2, $3, $4)`,
      values: (pick, scale) => [
        pick(rows(CUSTOMERS, scale)),
        new Date(Date.UTC(2026, 6, 1)),
        pick(900),
        `note ${pick(1e9)}`,
      ],
    },
    {
      name: 'note an event',
      weight: 60,
      writes: true,
      text: `insert into events (id, tenant_id, kind, at, payload) values (nextval('row_ids'), $1, $2, $3, $4)`,
      values: (pick) => [
        pick(200),
        `kind${pick(29)}`,
        new Date(Date.UTC(2026, 6, 1)),
        JSON.stringify({ order: pick(20_000) }),
      ],
    },
    {
      name: 'see a customer',
      weight: 60,
      writes: true,
      text: 'update customers set last_seen_at = $2 where id = $1',
      values: (pick, scale) => [pick(rows(CUSTOMERS, scale)), new Date(Date.UTC(2026, 6, pick(28)))],
    },
    {
      name: 'forget an order',
      weight: 5,
      writes: true,
      text: 'delete from orders where id = $1',
      values: (pick, scale) => [pick(rows(ORDERS, scale))],
    },
  ],
};
