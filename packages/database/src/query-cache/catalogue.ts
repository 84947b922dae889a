import type { FunctionReference } from './read-shape.ts';

/** Runs one statement of the cache's own. */
export type RunStatement = (text: string, values: readonly unknown[]) => Promise<readonly object[]>;

/** A relation, or one of its partitions, children or parents. */
export interface CatalogueRelation {
  /** Which of the asked names it belongs to, from 1. */
  readonly asked: number;
  readonly isRoot: boolean;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** pg_class.relkind. */
  readonly kind: string;
  readonly isTemporary: boolean;
  readonly hasRowSecurity: boolean;
  /** Whether row-level security binds the role that asks. */
  readonly rowSecurityBinds: boolean;
  readonly isSubscribed: boolean;
  /** Events for which an enabled statement trigger of the cache exists: bits of pg_trigger.tgtype. */
  readonly announcedEvents: number;
  /** Columns whose values the triggers report, with their types. */
  readonly keyTypes: Readonly<Record<string, string>>;
  readonly definition: string | null;
  readonly policies: readonly CataloguePolicy[];
}

/** A policy of row-level security for reads. */
export interface CataloguePolicy {
  readonly condition: string;
  readonly isPermissive: boolean;
  /** Whether it is for the role that asks. */
  readonly applies: boolean;
}

/** One candidate of a function's name. */
export interface CatalogueFunction {
  readonly asked: number;
  readonly schema: string;
  readonly volatility: 'i' | 's' | 'v';
  readonly kind: 'f' | 'p' | 'a' | 'w';
  readonly language: string;
  readonly source: string;
  /** The body of BEGIN ATOMIC or RETURN. */
  readonly parsedBody: string | null;
  readonly hasSettings: boolean;
  /** Whether every function of an aggregate is immutable. */
  readonly partsAreImmutable: boolean;
}

/** Statements with it in front are the cache's own and are not classified. */
export const OWN_STATEMENT = '/* dgopt */ ';

const FAMILY = `
with recursive asked as (
  select u.i, to_regclass(case when u.s is null then quote_ident(u.n) else quote_ident(u.s) || '.' || quote_ident(u.n) end)::oid as root
  from unnest($1::text[], $2::text[]) with ordinality as u (s, n, i)
), below as (
  select i, root, root as oid from asked where root is not null
  union
  select b.i, b.root, h.inhrelid from below b join pg_inherits h on h.inhparent = b.oid
), family as (
  select i, root, oid from below
  union
  select f.i, f.root, h.inhparent from family f join pg_inherits h on h.inhrelid = f.oid
)`;

const RELATIONS = `${OWN_STATEMENT}${FAMILY}
select f.i::int as asked, f.oid = f.root as "isRoot", c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name,
  c.relkind as kind, c.relpersistence = 't' as "isTemporary", c.relrowsecurity as "hasRowSecurity",
  row_security_active(c.oid) as "rowSecurityBinds",
  exists (select from pg_subscription_rel s where s.srrelid = c.oid) as "isSubscribed",
  coalesce(t.events, 0) as "announcedEvents", coalesce(k.types, '{}') as "keyTypes",
  case when c.relkind = 'v' then pg_get_viewdef(c.oid) end as definition,
  coalesce((
    select json_agg(json_build_object('condition', pg_get_expr(p.polqual, p.polrelid), 'isPermissive', p.polpermissive,
      'applies', exists (
        select from unnest(p.polroles) r where case when r = 0 then true else pg_has_role(r, 'usage') end
      ))) from pg_policy p
    where p.polrelid = c.oid and p.polcmd in ('*', 'r') and p.polqual is not null
  ), '[]') as policies
from family f
join pg_class c on c.oid = f.oid
join pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select bit_or(g.tgtype::int) as events, string_agg(encode(g.tgargs, 'escape'), '') as keys
  from pg_trigger g join pg_proc p on p.oid = g.tgfoid join pg_namespace pn on pn.oid = p.pronamespace
  where g.tgrelid = c.oid and g.tgenabled = 'A' and g.tgqual is null and g.tgattr = '' and g.tgtype & 67 = 0
    and g.tgname like 'dgopt\\_%' and pn.nspname = 'dgopt'
) t on true
left join lateral (
  select json_object_agg(a.attname, y.typname) as types
  from pg_attribute a join pg_type y on y.oid = a.atttypid left join pg_collation l on l.oid = a.attcollation
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and coalesce(l.collisdeterministic, true)
    and a.attname = any(string_to_array(t.keys, '\\000'))
    -- A statement that does not name a generated column may change it all the same.
    and a.attgenerated = ''
) k on true`;

const FUNCTIONS = `${OWN_STATEMENT}
select u.i::int as asked, n.nspname as schema, p.provolatile as volatility, p.prokind as kind, l.lanname as language,
  p.prosrc as source, pg_get_function_sqlbody(p.oid) as "parsedBody", p.proconfig is not null as "hasSettings",
  coalesce((
    select bool_and(q.provolatile = 'i') from pg_aggregate a
    join pg_proc q on q.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
    where a.aggfnoid = p.oid
  ), false) as "partsAreImmutable"
from unnest($1::text[], $2::text[]) with ordinality as u (s, n, i)
join pg_proc p on p.proname = u.n
join pg_namespace n on n.oid = p.pronamespace and (n.nspname = u.s or (u.s is null and n.nspname = any(current_schemas(true))))
join pg_language l on l.oid = p.prolang`;

const HAZARDS = `${OWN_STATEMENT}
select
  (select min(o.oprname) from pg_operator o join pg_proc p on p.oid = o.oprcode join pg_language l on l.oid = p.prolang
   where o.oprname = any($1::text[]) and o.oprnamespace <> 'pg_catalog'::regnamespace
     and (p.provolatile = 'v' or (p.provolatile = 's' and l.lanname not in ('c', 'internal')))) as operator,
  (select min(t.typname) from pg_type t join pg_constraint c on c.contypid = t.oid
   where t.typname = any($2::text[]) and t.typtype = 'd') as type,
  exists (select from pg_cast k join pg_proc p on p.oid = k.castfunc where k.castfunc >= 16384 and p.provolatile <> 'i') as "cast",
  current_setting('max_prepared_transactions') <> '0' as "twoPhase"`;

const REACH = `${OWN_STATEMENT}
with recursive reach as (
  select to_regclass(case when $1::text is null then quote_ident($2) else quote_ident($1) || '.' || quote_ident($2) end)::oid as oid, 0 as distance
  union
  select x.oid, 1 from reach r cross join lateral (
    select k.conrelid as oid from pg_constraint k
    where k.confrelid = r.oid and k.contype = 'f' and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
    union all select h.inhrelid from pg_inherits h where h.inhparent = r.oid
    union all select h.inhparent from pg_inherits h where h.inhrelid = r.oid
  ) x
)
select r.oid::int8::float8 as oid,
  coalesce(c.relkind not in ('r', 'p'), true)
  or exists (select from pg_trigger g where g.tgrelid = r.oid and not g.tgisinternal and g.tgname not like 'dgopt\\_%')
  or exists (select from pg_rewrite w where w.ev_class = r.oid and w.ev_type <> '1') as "isOpaque",
  -- Defaults, checks, indexes and policies that call functions of a user's own; PostgreSQL's own have no such entries.
  exists (
    select from pg_depend d join pg_proc p on d.refclassid = 'pg_proc'::regclass and p.oid = d.refobjid
    join pg_language l on l.oid = p.prolang
    where l.lanname not in ('c', 'internal') and (d.classid, d.objid) in (
      select 'pg_attrdef'::regclass, a.oid from pg_attrdef a where a.adrelid = r.oid
      union all select 'pg_constraint'::regclass, k.oid from pg_constraint k where k.conrelid = r.oid
      union all select 'pg_class'::regclass, i.indexrelid from pg_index i where i.indrelid = r.oid
      union all select 'pg_policy'::regclass, y.oid from pg_policy y where y.polrelid = r.oid
    )
  )
  or exists (
    select from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and t.oid >= 16384 and t.typtype <> 'e'
  )
  or exists (
    select from pg_operator o join pg_proc p on p.oid = o.oprcode join pg_language l on l.oid = p.prolang
    where o.oid >= 16384 and l.lanname not in ('c', 'internal')
  )
  or exists (
    select from pg_cast k join pg_proc p on p.oid = k.castfunc join pg_language l on l.oid = p.prolang
    where k.castfunc >= 16384 and l.lanname not in ('c', 'internal')
  ) as "runsCode"
from reach r left join pg_class c on c.oid = r.oid order by r.distance`;

/** What a write to a table does beside writing it. */
export interface Reach {
  /** The table, then those that foreign keys may change. */
  readonly tables: readonly number[];
  /** Whether functions of a user's own, which may do anything, run with a write to the table. */
  readonly runsCode: boolean;
}

/** What the database's own catalogues say of what a statement names. */
export interface Catalogue {
  /** The named relations with their families; a name that is missing from the answer does not exist. */
  relations(
    names: readonly { readonly schema: string | undefined; readonly name: string }[],
  ): Promise<readonly CatalogueRelation[]>;
  functions(names: readonly FunctionReference[]): Promise<readonly CatalogueFunction[]>;
  /** What makes a statement with these operators and types uncacheable. */
  hazards(
    operators: readonly string[],
    types: readonly string[],
  ): Promise<{ readonly operator: string | null; readonly type: string | null; cast: boolean; twoPhase: boolean }>;
  /** What a write to a table can change beside it; `undefined` when triggers or rules may change anything. */
  reach(schema: string | undefined, name: string): Promise<Reach | undefined>;
}

/** Asks over `run`, as the role that reads. */
export function createCatalogue(run: RunStatement): Catalogue {
  const namesIn = (list: readonly { readonly schema: string | undefined; readonly name: string }[]): unknown[] => [
    list.map(({ schema }) => schema ?? null),
    list.map(({ name }) => name),
  ];
  return {
    // The statements above name each column as the interfaces do.
    relations: async (names) => (await run(RELATIONS, namesIn(names))) as CatalogueRelation[],
    functions: async (names) => (await run(FUNCTIONS, namesIn(names))) as CatalogueFunction[],
    async hazards(operators, types) {
      const [row] = (await run(HAZARDS, [operators, types])) as Awaited<ReturnType<Catalogue['hazards']>>[];
      return row ?? { operator: null, type: null, cast: true, twoPhase: true };
    },
    async reach(schema, name) {
      const rows = (await run(REACH, [schema ?? null, name])) as {
        oid: number | null;
        isOpaque: boolean;
        runsCode: boolean;
      }[];
      if (rows.length === 0 || rows.some(({ isOpaque }) => isOpaque)) return undefined;
      return { tables: [...new Set(rows.map(({ oid }) => oid ?? 0))], runsCode: rows.some(({ runsCode }) => runsCode) };
    },
  };
}
