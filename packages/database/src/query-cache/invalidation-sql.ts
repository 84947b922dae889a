/** Class of the advisory locks that say which processes relay their own writes; the object is the member's number. */
export const MEMBER_LOCK = 774_110_001;
/** Class of the advisory locks that a transaction holds whose announcement a member relays. */
export const RELAY_LOCK = 774_110_002;
const INSTALL_LOCK = 774_110_003;
/** Where writes are announced to other processes. */
export const CHANNEL = 'dgopt';
/** In front of a notice to the session that wrote. */
export const NOTICE_PREFIX = 'dgopt ';
/** The session setting that names the member to which a session belongs. */
export const MEMBER_SETTING = 'dgopt.member';
/**
 * The session setting that says {@link KNOWN_VALUE} where the session's process knows by itself whatever the session
 * writes, holds the relay lock as long as it says so, and relays.
 */
export const KNOWN_SETTING = 'dgopt.known';
export const KNOWN_VALUE = 'all';

/**
 * At the end of a statement whose writes to `table` its sender knows by itself: the trigger of that table then need not
 * tell it. The member's number makes it nothing that somebody writes by chance.
 */
export function toKnownMark(member: number | string, table: number | string): string {
  return `/*dgopt ${member} ${table}*/`;
}

const DECLARE_MEMBER = `member constant text := nullif(current_setting('${MEMBER_SETTING}', true), '');`;
/**
 * Whether the member of this session is there to relay what it announces. The lock is taken before looking, so that
 * whoever sees the member gone and nobody holding the lock knows that nothing of it is still to come. Looking takes and
 * returns a lock in one expression, so that no cancellation can leave it held; all of it is one expression because
 * PL/pgSQL evaluates those without a plan of their own.
 */
const toIsRelayed = (member: string): string => `case
    when pg_advisory_xact_lock_shared(${RELAY_LOCK}, ${member}::int)::text is null then null
    when pg_try_advisory_lock_shared(${MEMBER_LOCK}, ${member}::int)
    then not pg_advisory_unlock_shared(${MEMBER_LOCK}, ${member}::int) else true end`;
const READ_MEMBER = `current_setting('${MEMBER_SETTING}', true)`;
/** Longer than any mark. */
const MARK_LENGTH = 40;
/**
 * Every word of it is paid for by each write: two functions in all, no constant to evaluate for the return, where OLD is
 * null for a whole statement.
 */
const RETURN_ON_KNOWN_SESSION = `
    if current_setting('${KNOWN_SETTING}', true) = '${KNOWN_VALUE}' then
      return old;
    end if;`;
/**
 * The most frequent other case by one expression: each further one costs a microsecond, and the statement itself takes some
 * forty. A statement whose sender knows its keys, of a member that relays them.
 */
const RETURN_WHEN_KNOWN = `
    if (case when pg_trigger_depth() = 1
        and right(current_query(), ${MARK_LENGTH}) like concat('%${toKnownMark(`', ${READ_MEMBER}, '`, "', tg_relid, '")}')
      then ${toIsRelayed(READ_MEMBER)} else false end) then
      return null;
    end if;`;
/** What triggers, rules and cascades below a statement do is never known to its sender. */
const DECLARE_KNOWN = `mark constant text := '${toKnownMark("' || member || '", "' || tg_relid || '")}';
    known constant boolean := member is not null and pg_trigger_depth() = 1 and right(current_query(), length(mark)) = mark;`;

/**
 * Tells of `body`. A session of a member tells its own process, by a notice that arrives before the statement's answer;
 * that process relays it to the others. All other sessions notify everybody themselves.
 */
const toAnnounce = (isKnown: string, head: string): string => `
    if member is not null then
      if not ${isKnown} then
        body := coalesce(body, ${head});
        raise info '${NOTICE_PREFIX}%', body;
      end if;
      if (${toIsRelayed('member')}) then
        return null;
      end if;
    end if;
    perform pg_notify('${CHANNEL}', '0 ' || coalesce(body, ${head}));`;
const HEAD = `tg_relid || ' ' || coalesce(pg_current_xact_id_if_assigned()::text, '0')`;
const ANNOUNCE = toAnnounce('known', HEAD);

const TOUCH = `create or replace function dgopt.touch() returns trigger language plpgsql as $touch$
  begin${RETURN_ON_KNOWN_SESSION}${RETURN_WHEN_KNOWN}
  declare
    ${DECLARE_MEMBER}
    ${DECLARE_KNOWN}
    body text;
  begin${ANNOUNCE}
    return null;
  end;
  end
$touch$`;

/**
 * Makes the function that announces the keys of the rows one event touched. A renamed column, or anything else that
 * stops it from reading them, makes it announce the table as a whole: a write never fails because of the cache.
 */
const MAKE_KEY_FUNCTION = `create or replace function dgopt.make_key_function(relation regclass, event text, columns text[])
returns text language plpgsql as $make$
  declare
    name constant text := format('keys_%s_%s', relation::oid, event);
    source constant text := case event
      when 'insert' then 'select distinct %1$I::text as v from new_rows'
      when 'delete' then 'select distinct %1$I::text as v from old_rows'
      else 'select %1$I::text as v from new_rows union select %1$I::text from old_rows' end;
    touched constant text := case event
      when 'insert' then 'new_rows'
      when 'delete' then 'old_rows'
      else '(table new_rows union all table old_rows)' end;
    one text;
    lists text;
  begin
    select string_agg(
      format('%L, (select json_agg(case when length(s.v) > 200 then null else s.v end) from (select r.v from (%s) r limit 65) s)', c, format(source, c)), ', ' order by i)
    into lists from unnest(columns) with ordinality as u (c, i);
    -- Nearly always one row with one key is written: told without building lists.
    if cardinality(columns) = 1 then
      one := format($one$select case when count(*) = 0 then '' when count(*) <= 2 and min(s.v) = max(s.v) and max(length(s.v)) <= 200
        then %L || to_json(min(s.v)) || ']}' end into told
        from (%s limit 3) s;$one$,
        '{' || to_json(columns[1]) || ':[',
        case event when 'update' then replace(format(source, columns[1]), ' union ', ' union all ') else format(source, columns[1]) end);
    else
      one := format('select case when count(*) = 0 then %L end into told from (select from %s x limit 1) s;', '', touched);
    end if;
    execute format($body$create or replace function dgopt.%I() returns trigger language plpgsql as $keys$
  begin${RETURN_ON_KNOWN_SESSION}${RETURN_WHEN_KNOWN.replaceAll('%', '%%')}
  declare
    ${DECLARE_MEMBER}
    ${DECLARE_KNOWN}
    told text;
    body text;
  begin
    if not known then
      begin
        %s
        if told = '' then
          return null;
        end if;
        if told is null then
          select json_build_object(%s)::text into told;
        end if;
        if octet_length(told) < 7000 then
          body := ${HEAD} || ' ' || told;
        end if;
      exception when others then
        told := null;
      end;
    end if;${ANNOUNCE.replaceAll('%', '%%')}
    return null;
  end;
  end
$keys$$body$, name, one, lists);
    return name;
  end
$make$`;

const INSTALL = `create or replace function dgopt.install(wanted regclass[] default null, extra_keys jsonb default '{}')
returns setof regclass language plpgsql as $install$
  declare
    item record;
    event text;
    keys text[];
    arguments text;
    maker text;
    only_keys jsonb;
  begin
    perform pg_advisory_xact_lock(${INSTALL_LOCK});
    for item in
      with recursive family as (
        select c.oid from pg_class c
        where case when wanted is null then c.relnamespace = current_schema()::regnamespace else c.oid = any(wanted) end
        union
        select x.oid from family f cross join lateral (
          select h.inhrelid as oid from pg_inherits h where h.inhparent = f.oid
          union all select h.inhparent from pg_inherits h where h.inhrelid = f.oid
        ) x
      )
      select c.oid::regclass as relation, c.relkind = 'r' and not exists (
        select from pg_inherits h where c.oid in (h.inhrelid, h.inhparent)
      ) as is_single
      from family f join pg_class c on c.oid = f.oid
      where c.relkind in ('r', 'p') and c.relpersistence <> 't' order by c.oid
    loop
      keys := '{}';
      only_keys := extra_keys -> item.relation::text -> 'only';
      if item.is_single then
        select coalesce(array_agg(a.attname::text order by a.attnum), '{}') into keys
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = item.relation and a.attnum > 0 and not a.attisdropped
          and t.typname in ('int2', 'int4', 'int8', 'uuid', 'text', 'varchar')
          and (coalesce(only_keys, extra_keys -> item.relation::text, '[]') ? a.attname::text or only_keys is null and exists (
            select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and i.indnkeyatts = 1
              and i.indkey[0] = a.attnum
          ));
      end if;
      select coalesce(string_agg(quote_literal(k), ', ' order by o), '') into arguments
      from unnest(keys) with ordinality as u (k, o);
      foreach event in array array['insert', 'update', 'delete', 'truncate'] loop
        maker := case when event = 'truncate' or keys = '{}' then 'touch'
          else dgopt.make_key_function(item.relation, event, keys) end;
        if not exists (
          select from pg_trigger g join pg_proc p on p.oid = g.tgfoid
          where g.tgrelid = item.relation and g.tgname = 'dgopt_' || event and g.tgenabled = 'A' and p.proname = maker
            and g.tgnargs = case when maker = 'touch' then 0 else cardinality(keys) end
        ) then
          execute format('drop trigger if exists %I on %s', 'dgopt_' || event, item.relation);
          execute format('create trigger %I after %s on %s %s for each statement execute function dgopt.%I(%s)',
            'dgopt_' || event, event, item.relation,
            case when maker = 'touch' then '' when event = 'insert' then 'referencing new table as new_rows'
              when event = 'delete' then 'referencing old table as old_rows'
              else 'referencing old table as old_rows new table as new_rows' end,
            maker, case when maker = 'touch' then '' else arguments end);
          execute format('alter table %s enable always trigger %I', item.relation, 'dgopt_' || event);
        end if;
      end loop;
      return next item.relation;
    end loop;
  end
$install$`;

const SCHEMA_CHANGED = `create or replace function dgopt.schema_changed() returns event_trigger language plpgsql as $schema$
  declare
    ${DECLARE_MEMBER}
    body text := 'schema';
  begin
    if tg_event = 'sql_drop' then
      if not exists (select from pg_event_trigger_dropped_objects() where not is_temporary) then
        return;
      end if;
    elsif not exists (select from pg_event_trigger_ddl_commands() where schema_name is distinct from 'pg_temp') then
      return;
    end if;${toAnnounce('false', "'schema'").replace('return null', 'return')}
  end
$schema$`;

const WATCH_SCHEMA = `do $watch$
  begin
    if not exists (select from pg_event_trigger where evtname = 'dgopt_schema' and evtenabled = 'A') then
      drop event trigger if exists dgopt_schema;
      create event trigger dgopt_schema on ddl_command_end execute function dgopt.schema_changed();
      alter event trigger dgopt_schema enable always;
    end if;
    if not exists (select from pg_event_trigger where evtname = 'dgopt_drop' and evtenabled = 'A') then
      drop event trigger if exists dgopt_drop;
      create event trigger dgopt_drop on sql_drop execute function dgopt.schema_changed();
      alter event trigger dgopt_drop enable always;
    end if;
  exception when insufficient_privilege then
    null; -- only superusers may; without it the processes look for changes themselves
  end
$watch$`;

/** Makes what the triggers need; harmless to repeat. Needs CREATE on the database; run it as the owner of the tables. */
export const invalidationSetupStatements: readonly string[] = [
  `select pg_advisory_xact_lock(${INSTALL_LOCK})`,
  'set local client_min_messages = warning',
  'create schema if not exists dgopt',
  TOUCH,
  MAKE_KEY_FUNCTION,
  INSTALL,
  SCHEMA_CHANGED,
  WATCH_SCHEMA,
];

/** Which tables announce their writes. */
export interface InvalidationOptions {
  /** Names, schema-qualified where needed. @defaultValue all tables of the current schema */
  readonly tables?: readonly string[];
  /**
   * Further columns, by table, whose values are announced beside a primary key of one column; `only` leaves that one
   * out, for tables that are written in bulk and hardly read by it. More than 64 values of a column are not told.
   */
  readonly keys?: Readonly<Record<string, readonly string[] | { readonly only: readonly string[] }>>;
}

/** How the triggers are put on the tables. */
export interface InstallOptions extends InvalidationOptions {
  /** How long to wait for each table's writers; 0 for ever. @defaultValue that of the database */
  readonly lockTimeoutMs?: number;
}

/** The statement that puts the triggers on the tables, with its values. Its rows are the names of the tables. */
export function toInstallStatement({ tables, keys = {} }: InvalidationOptions): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  return {
    text: 'select dgopt.install($1::text[]::regclass[], $2::jsonb)::text as name',
    values: [tables === undefined ? null : [...tables], JSON.stringify(keys)],
  };
}

/**
 * The same as one script for a migration, to be run in one transaction by the owner of the tables.
 *
 * @example
 * const sql = toInvalidationSql({ tables: ['scans', 'findings'], keys: { findings: ['scan_id'] } });
 */
export function toInvalidationSql({ tables, keys = {} }: InvalidationOptions = {}): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const list = tables === undefined ? 'null' : `array[${tables.map(quote).join(', ')}]::regclass[]`;
  return [...invalidationSetupStatements, `select dgopt.install(${list}, ${quote(JSON.stringify(keys))}::jsonb)`]
    .map((statement) => `${statement};\n`)
    .join('');
}

/** Removes every trigger and function of the cache. Nothing is cached afterwards. */
export const dropInvalidationSql = 'drop schema if exists dgopt cascade';
