/** What the statements below are about. */
export const SCHEMA = `
create schema other;
create table shop (id int primary key, name text not null, opened date, at timestamptz, data jsonb, tags text[]);
create table item (id bigint primary key, shop_id int references shop on delete cascade, price numeric, label varchar(40), sold boolean);
create table code (code text primary key, meaning text);
create table person (id uuid primary key, name text);
create table pair (a int, b int, n int, primary key (a, b));
create table derived (base int, id int primary key generated always as (base * 2) stored);
create table padded (code char(4) primary key, n int);
create table other.shop (id int primary key, extra int);
create table day (at date not null, n int) partition by range (at);
create table day_2025 partition of day for values from ('2025-01-01') to ('2026-01-01');
create table day_2026 partition of day for values from ('2026-01-01') to ('2027-01-01');
create table animal (id int primary key, name text);
create table dog (bark text) inherits (animal);
create table secret (id int primary key, tenant uuid, note text);
alter table secret enable row level security;
create policy secret_tenant on secret using (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
create table member (tenant uuid, who text);
create table vault (id int primary key, tenant uuid);
alter table vault enable row level security;
create policy vault_member on vault using (tenant in (select m.tenant from member m where m.who = current_setting('app.who', true)));
create table clocked (id int primary key, until timestamptz);
alter table clocked enable row level security;
create policy clocked_now on clocked using (until > now());
create view cheap as select id, label from item where price < 10;
create view cheaper as select c.id, s.name from cheap c join shop s on s.id = c.id;
create view aging as select id, now() - at as age from shop;
create view secrets as select * from secret;
create materialized view totals as select shop_id, count(*) as n from item group by shop_id;
create sequence counter;
create function twice(n int) returns int language sql immutable as 'select n * 2';
create function shop_count() returns bigint language sql stable as 'select count(*) from shop';
create function atomic_count() returns bigint language sql stable begin atomic select count(*) from item; end;
create function late() returns timestamptz language sql stable as 'select now()';
create function noisy() returns int language plpgsql volatile as 'begin insert into code values (clock_timestamp()::text); return 1; end';
create function computed(n int) returns int language plpgsql immutable as 'begin return n + 1; end';
create function liar() returns bigint language plpgsql immutable as 'declare v bigint; begin select count(*) into v from shop; return v; end';
create function hidden() returns bigint language plpgsql stable as 'declare v bigint; begin execute ''select count(*) from shop'' into v; return v; end';
create function lower(n int) returns int language sql volatile as 'select n';
create function strange(int, int) returns boolean language sql volatile as 'select random() < 0.5';
create operator public.=~= (leftarg = int, rightarg = int, function = strange);
create aggregate last_of(anyelement) (sfunc = last_step, stype = anyelement);
create domain positive as int check (value > 0);
`.replace(
  'create aggregate',
  `create function last_step(anyelement, anyelement) returns anyelement language sql immutable as 'select $2';
create aggregate`,
);

/** Text, tables on which it depends, columns whose keys narrow it. */
export const CACHEABLE: readonly (readonly [text: string, tables: string, keys?: string])[] = [
  ['select * from shop', 'shop'],
  ['SELECT * FROM Shop;', 'shop'],
  ['/* comment */ select name from shop -- end', 'shop'],
  ['table shop', 'shop'],
  ['select * from only shop', 'shop'],
  ['select s.name from public.shop s', 'shop'],
  ['select * from shop where id = $1', 'shop', 'shop.id'],
  ['select * from shop where $1 = id', 'shop', 'shop.id'],
  ['select * from shop s where s.id = $1 and s.name <> $2', 'shop', 'shop.id'],
  ['select * from shop where id = $1::int', 'shop', 'shop.id'],
  ['select * from shop where id = 5', 'shop', 'shop.id'],
  ['select * from shop where id = -5', 'shop', 'shop.id'],
  ['select * from shop where id in (1, $1, 3)', 'shop', 'shop.id'],
  ['select * from shop where id = any($1)', 'shop', 'shop.id'],
  ['select * from shop where id = any($1::int[])', 'shop', 'shop.id'],
  ['select * from shop where id = $1 or name = $2', 'shop'],
  ['select * from shop where not id = $1', 'shop'],
  ['select * from shop where id = $1 and (name = $2 or name = $3)', 'shop', 'shop.id'],
  ['select * from shop where id > $1', 'shop'],
  ['select * from shop where id + 0 = $1', 'shop'],
  ['select * from shop where id = $1 and opened > $1::text::date', 'shop'],
  ['select count(*) from shop where id = $1', 'shop', 'shop.id'],
  ['select * from item where shop_id = $1', 'item', 'item.shop_id'],
  ['select * from item where shop_id = $1 and id = $2', 'item', 'item.shop_id'],
  ['select * from code where code = $1', 'code', 'code.code'],
  ["select * from code where code = 'x'", 'code', 'code.code'],
  ['select * from code where upper(code) = $1', 'code'],
  ['select * from person where id = $1', 'person', 'person.id'],
  ['select * from person where id = $1::uuid', 'person', 'person.id'],
  ['select * from pair where a = $1 and b = $2', 'pair'],
  ['select * from padded where code = $1', 'padded'],
  ['select * from derived where id = $1', 'derived'],
  ['select * from item i join shop s on s.id = i.shop_id where i.id = $1', 'item shop', 'item.id'],
  [
    'select * from item i join shop s on s.id = i.shop_id where i.id = $1 and s.id = $2',
    'item shop',
    'item.id shop.id',
  ],
  ['select * from item i left join shop s on s.id = i.shop_id where s.id = $1', 'item shop', 'shop.id'],
  ['select * from item i, shop s where id = $1', 'item shop'],
  ['select * from shop a, shop b where a.id = $1', 'shop'],
  ['select * from shop a, shop b where a.id = $1 and b.id = $2', 'shop', 'shop.id'],
  ['select * from (select * from shop where id = $1) s', 'shop', 'shop.id'],
  ['select * from shop where id = $1 union select * from shop where id = $2', 'shop', 'shop.id'],
  ['select * from shop where id = $1 union all select * from shop', 'shop'],
  ['select (select count(*) from item where shop_id = s.id) from shop s', 'item shop'],
  ['select * from shop where exists (select from item where shop_id = shop.id)', 'item shop'],
  ['select * from shop where id in (select shop_id from item)', 'item shop'],
  ['with s as (select * from shop) select * from s', 'shop'],
  ['with shop as (select * from shop) select * from shop', 'shop'],
  ['with shop as (select 1 as id) select * from shop, item', 'item'],
  ['with a as (select * from item), b as (select * from a) select * from b', 'item'],
  ['with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select * from r, shop', 'shop'],
  ['with shop as (select * from item) select * from public.shop', 'item shop'],
  ['select * from other.shop', 'other.shop'],
  ['select * from other.shop a join shop b using (id) where a.id = $1', 'other.shop shop', 'other.shop.id'],
  ['select * from day', 'day day_2025 day_2026'],
  ["select * from day where at = '2025-05-05'", 'day day_2025 day_2026'],
  ['select * from day_2025', 'day day_2025'],
  ['select * from animal', 'animal dog'],
  ['select * from dog', 'animal dog'],
  ['select * from cheap', 'item'],
  ['select * from cheaper where id = $1', 'item shop'],
  ['select twice(id) from shop', 'shop'],
  ['select shop_count()', 'shop'],
  ['select shop_count(), * from code', 'code shop'],
  ['select atomic_count()', 'item'],
  ['select computed(id) from shop', 'shop'],
  ['select last_of(name) from shop', 'shop'],
  ['select max(name), string_agg(name, $1 order by id) from shop', 'shop'],
  ['select count(*) filter (where sold) over (partition by shop_id) from item', 'item'],
  ['select rank() over w from item window w as (order by price)', 'item'],
  ['select percentile_cont(0.5) within group (order by price) from item', 'item'],
  ['select shop_id, sum(price) from item group by rollup (shop_id) having sum(price) > 3', 'item'],
  ['select distinct on (shop_id) * from item order by shop_id, price desc limit 3 offset $1', 'item'],
  ['select case when sold then 1 else coalesce(shop_id, 0) end from item', 'item'],
  ["select to_char(at, 'YYYY'), date_trunc('day', at), extract(year from at) from shop", 'shop'],
  ["select at at time zone 'utc', at + interval '1 day' from shop", 'shop'],
  ["select data ->> 'a', data @> '{}', jsonb_build_object('a', id) from shop", 'shop'],
  ['select s.id, t.tag from shop s cross join lateral unnest(s.tags) with ordinality as t(tag, i)', 'shop'],
  ["select name ilike 'a%', name ~ 'x', name collate \"C\" from shop", 'shop'],
  ['select array[id, 2], row(id, name), tags[1], greatest(id, 3), nullif(id, 3) from shop', 'shop'],
  ['select age(at, $1) from shop', 'shop'],
  ['select id::text, name::varchar(5) from shop', 'shop'],
  ['select * from generate_series(1, 3) g join shop on shop.id = g', 'shop'],
  ["select name from shop where name = 'nowhere' or name = 'todays'", 'shop'],
  ['select tableoid from shop', 'shop'],
  ['select * from shop as s(x, y) where s.x = $1', 'shop'],
  ['values ((select count(*) from shop))', 'shop'],
];

/** Text and why it is not cached. */
export const UNCACHEABLE: readonly (readonly [text: string, code: string])[] = [
  ['insert into code values ($1)', 'writes'],
  ['update code set meaning = $1', 'writes'],
  ['delete from code', 'writes'],
  ['merge into code c using shop s on c.code = s.name when matched then delete', 'writes'],
  ['with d as (delete from code returning *) select * from d', 'writes'],
  ['with i as (insert into code values (1) returning *) select count(*) from shop', 'writes'],
  ['select * into copied from shop', 'writes'],
  ['select * from shop for update', 'row-locks'],
  ['select * from (select * from shop for share) s', 'row-locks'],
  ['select 1; select 2', 'not-one-select'],
  ['', 'not-parsed'],
  ['begin', 'not-one-select'],
  ['explain select * from shop', 'not-one-select'],
  ['copy shop to stdout', 'not-one-select'],
  ['call nothing()', 'not-one-select'],
  ['do $$ begin end $$', 'not-one-select'],
  ['show timezone', 'not-one-select'],
  ['set search_path = other', 'not-one-select'],
  ['listen dgopt', 'not-one-select'],
  ['create table x (a int)', 'not-one-select'],
  ['selec 1', 'not-parsed'],
  ['select 1', 'no-tables'],
  ['select $1::int + 1', 'no-tables'],
  ['select lower($1)', 'volatile-function'],
  ['select upper($1)', 'no-tables'],
  ['select now(), * from shop', 'stable-function'],
  ['select * from shop where at > now()', 'stable-function'],
  ['select * from shop where at > current_timestamp', 'time-or-session-value'],
  ['select current_date, * from shop', 'time-or-session-value'],
  ['select localtime from shop', 'time-or-session-value'],
  ['select current_user from shop', 'time-or-session-value'],
  ['select session_user from shop', 'time-or-session-value'],
  ['select current_schema from shop', 'time-or-session-value'],
  ["select * from shop where opened = 'today'", 'time-word'],
  ["select * from shop where at < 'now'::timestamptz", 'time-word'],
  ["select timestamp 'tomorrow' from shop", 'time-word'],
  ["select * from shop where opened > date 'Yesterday'", 'time-word'],
  ['select random(), * from shop', 'volatile-function'],
  ['select gen_random_uuid() from shop', 'volatile-function'],
  ['select clock_timestamp() from shop', 'volatile-function'],
  ["select nextval('counter') from shop", 'volatile-function'],
  ['select pg_sleep(0) from shop', 'volatile-function'],
  ['select pg_advisory_lock(1) from shop', 'volatile-function'],
  ["select set_config('a.b', 'c', false) from shop", 'volatile-function'],
  ['select noisy() from shop', 'volatile-function'],
  ['select lower(id) from shop', 'volatile-function'],
  ['select lower(name) from shop', 'volatile-function'],
  ['select age(at) from shop', 'stable-function'],
  ['select late() from shop', 'stable-function'],
  ['select version() from shop', 'stable-function'],
  ["select has_table_privilege('shop', 'select') from shop", 'stable-function'],
  ['select pg_current_snapshot() from shop', 'stable-function'],
  ["select query_to_xml('select 1', true, true, '') from shop", 'volatile-function'],
  ['select hidden() from shop', 'stable-function'],
  ['select liar() from shop', 'function-body'],
  ['select no_such_function(id) from shop', 'unknown-function'],
  ["select current_setting('app.tenant') from shop", 'session-setting'],
  ['select current_setting(name) from shop', 'session-setting'],
  ['select * from shop tablesample system (10)', 'sample'],
  ['select ctid, * from shop', 'system-column'],
  ['select xmin from shop', 'system-column'],
  ['select * from no_such_table', 'unknown-relation'],
  ['select * from pg_class', 'catalogue-table'],
  ['select count(*) from pg_stat_activity, shop', 'catalogue-table'],
  ['select * from information_schema.tables', 'catalogue-table'],
  ['select * from totals', 'relation-kind'],
  ['select last_value from counter', 'relation-kind'],
  ['select * from untouched', 'no-trigger'],
  ['select * from shop, untouched', 'no-trigger'],
  ['select * from secret', 'row-security'],
  ['select * from secrets', 'row-security'],
  ['select * from shop where exists (select from secret)', 'row-security'],
  ['select * from aging', 'stable-function'],
  ['select id =~= 1 from shop', 'operator'],
  ['select id operator(public.=~=) 1 from shop', 'operator'],
  ['select id::positive from shop', 'type'],
  ["select 'shop'::regclass, * from shop", 'type'],
  ['select xmlelement(name a, name) from shop', 'unsupported-syntax'],
  ["select * from json_table('{}', '$' columns (a int)) j, shop", 'unsupported-syntax'],
  ['select * from postgres.public.shop', 'unsupported-syntax'],
];

/** Text, settings of the read, and the tables on which it depends, or why it is not cached. */
export const WITH_SETTINGS: readonly (readonly [text: string, settings: Record<string, string>, expected: string])[] = [
  ['select * from secret', { 'app.tenant': 'x' }, 'public.secret'],
  ['select * from secret where id = $1', { 'app.tenant': 'x' }, 'public.secret'],
  ['select * from secret', { 'app.who': 'x' }, 'session-setting'],
  ['select * from secret', {}, 'session-setting'],
  ['select * from vault', { 'app.who': 'anna' }, 'public.member public.vault'],
  ['select * from vault', { 'app.tenant': 'x' }, 'session-setting'],
  ['select * from clocked', { 'app.tenant': 'x' }, 'stable-function'],
  ['select * from secrets', { 'app.tenant': 'x' }, 'row-security'],
  ["select current_setting('app.who', true) as who, count(*) from shop", { 'app.who': 'anna' }, 'public.shop'],
  ['select current_user, count(*) from shop', {}, 'public.shop'],
  ['select now() from shop', { 'app.who': 'anna' }, 'stable-function'],
  ['select * from shop', { search_path: 'other' }, 'session-setting'],
  ['select * from shop', { role: 'anna' }, 'session-setting'],
  ['select * from shop', { TimeZone: 'Asia/Tokyo' }, 'public.shop'],
];
