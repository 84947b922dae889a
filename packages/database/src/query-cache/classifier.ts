import { createCatalogue, type Catalogue, type CatalogueRelation, type RunStatement } from './catalogue.ts';
import { judgeFunction, mayWrite } from './function-policy.ts';
import { isKeyType } from './key-text.ts';
import { pinsOf, type Pin } from './pins.ts';
import { toReadShape, type FunctionReference, type ReadShape, type RelationReference } from './read-shape.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import type { SqlParser } from './sql-parser.ts';
import { fieldsOf, nodesOf } from './sql-parser.ts';
import { toStatementShape, type WriteShape } from './statement-shape.ts';

/** One table on which an answer depends; narrowed to the rows of some keys where `pin` is given. */
export interface Dependency {
  readonly table: number;
  readonly name: string;
  readonly pin?: { readonly column: string; readonly type: string; readonly sources: Pin['sources'] };
}

/** Which tables a statement may write before its caller hears of it. */
export type WriteScope =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | {
      readonly kind: 'tables';
      /** The written table, then those that foreign keys may change. */
      readonly dependencies: readonly Dependency[];
      /** Whether its trigger would say no more of the written table than is known here. */
      readonly isExact: boolean;
      /** Whether nothing else is written by it: no cascade, and no function that could write. */
      readonly isAlone: boolean;
    };

/** What the cache does with a text. */
export type Classification =
  | { readonly kind: 'cacheable'; readonly dependencies: readonly Dependency[] }
  | {
      readonly kind: 'uncacheable';
      readonly code: RefusalCode;
      readonly reason: string;
      readonly writes: WriteScope;
      /** Whether it may change tables' shapes; only trusted where no event trigger tells. */
      readonly changesSchema: boolean;
    };

/** Settings under which a statement will run, when it runs in a transaction of its own with settings. */
export interface ClassifyOptions {
  readonly settings?: readonly string[];
}

/** Decides what may be cached and on what it depends. */
export interface Classifier {
  /** @throws Error of the connection when the catalogues cannot be asked. */
  classify(text: string, options?: ClassifyOptions): Promise<Classification>;
}

/** Views in views in functions: deeper than anything sensible, and an end for what calls itself. */
const MOST_LEVELS = 12;
/** Parsing is synchronous and takes about a microsecond for each ten characters. */
const LONGEST_TEXT = 64_000;
/** Settings of PostgreSQL itself that change neither what names mean nor who may read what. */
const SAFE_SETTINGS = new Set([
  'timezone',
  'datestyle',
  'intervalstyle',
  'statement_timeout',
  'lock_timeout',
  'work_mem',
]);
const NONE: WriteScope = { kind: 'none' };
const ALL: WriteScope = { kind: 'all' };
/** Events that must be announced: INSERT, DELETE, UPDATE and TRUNCATE of pg_trigger.tgtype. */
const ALL_EVENTS = 4 | 8 | 16 | 32;

/** Reads the text with PostgreSQL's own parser and follows every name through the catalogues. */
export function createClassifier(parser: SqlParser, run: RunStatement): Classifier {
  const catalogue = createCatalogue(run);

  return {
    async classify(text, { settings } = {}) {
      if (text.length > LONGEST_TEXT)
        return {
          ...uncacheable('too-long', new Refusal('too-long').message, ALL),
          changesSchema: !/^\s*(?:select|insert|update|delete|with)\b/i.test(text),
        };
      let statements;
      try {
        statements = await parser.parse(text);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { kind: 'uncacheable', code: 'not-parsed', reason, writes: ALL, changesSchema: true };
      }
      const shape = toStatementShape(statements);
      if (shape.kind === 'read') {
        try {
          return {
            kind: 'cacheable',
            dependencies: await follow(shape, createWalk(catalogue, parser, settings), true),
          };
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          return uncacheable(error.code, error.message, await writesOfCalls(catalogue, shape.functions));
        }
      }
      if (shape.kind === 'refused')
        return uncacheable(shape.code, shape.reason, await writesOfCalls(catalogue, shape.functions));
      const { code, message } = new Refusal('not-one-select');
      if (shape.kind === 'write')
        return uncacheable('writes', new Refusal('writes').message, await writesOfStatement(catalogue, shape));
      return {
        ...uncacheable(code, message, shape.mayWrite ? ALL : NONE),
        changesSchema: shape.changesSchema,
      };
    },
  };
}

function uncacheable(
  code: RefusalCode,
  reason: string,
  writes: WriteScope,
): Extract<Classification, { kind: 'uncacheable' }> {
  return { kind: 'uncacheable', code, reason, writes, changesSchema: false };
}

interface Walk {
  readonly catalogue: Catalogue;
  readonly parser: SqlParser;
  /** Names of the settings that belong to the read's key; `undefined` for a plain read. */
  readonly settings: ReadonlySet<string> | undefined;
  readonly insideView: boolean;
  readonly level: number;
}

function createWalk(catalogue: Catalogue, parser: SqlParser, settings: readonly string[] | undefined): Walk {
  return {
    catalogue,
    parser,
    settings: settings === undefined ? undefined : new Set(settings),
    insideView: false,
    level: 0,
  };
}

async function follow(shape: ReadShape, walk: Walk, isTop: boolean): Promise<readonly Dependency[]> {
  if (walk.level > MOST_LEVELS) throw new Refusal('too-deep');
  if (isTop && shape.relations.length === 0 && shape.functions.length === 0) throw new Refusal('no-tables');
  const unsafe = [...(walk.settings ?? [])].find(
    (name) => !name.includes('.') && !SAFE_SETTINGS.has(name.toLowerCase()),
  );
  if (unsafe !== undefined) throw new Refusal('session-setting', unsafe);
  if (shape.readsUser && walk.settings === undefined) throw new Refusal('time-or-session-value');
  const missing = shape.settings.find((name) => walk.settings?.has(name) !== true);
  if (missing !== undefined) throw new Refusal('session-setting', missing);
  const registered = shape.types.find(({ name }) => /^reg[a-z]+$/.test(name));
  if (registered !== undefined) throw new Refusal('type', registered.name);
  const hazards = await walk.catalogue.hazards(
    shape.operators,
    shape.types.map(({ name }) => name),
  );
  if (hazards.twoPhase) throw new Refusal('two-phase');
  if (hazards.operator !== null) throw new Refusal('operator', hazards.operator);
  if (hazards.type !== null) throw new Refusal('type', hazards.type);
  if (hazards.cast) throw new Refusal('cast');
  const found = [...(await followFunctions(shape.functions, walk)), ...(await followRelations(shape, walk))];
  if (isTop && found.length === 0) throw new Refusal('no-tables');
  return isTop ? withoutRepeats(found) : found;
}

async function followFunctions(calls: readonly FunctionReference[], walk: Walk): Promise<readonly Dependency[]> {
  if (calls.length === 0) return [];
  const candidates = await walk.catalogue.functions(calls);
  const bodies: string[] = [];
  calls.forEach((call, index) => {
    const own = candidates.filter(({ asked }) => asked === index + 1);
    if (own.length === 0) throw new Refusal('unknown-function', call.name);
    for (const candidate of own) {
      const verdict = judgeFunction(candidate, call);
      if (verdict.kind === 'body') bodies.push(verdict.text);
    }
  });
  const found: Dependency[] = [];
  for (const body of bodies) found.push(...(await followText(body, walk)));
  return found;
}

/** Every statement of `text` must be a SELECT that may be cached. What it reads is never narrowed to keys. */
async function followText(text: string, walk: Walk): Promise<readonly Dependency[]> {
  const found: Dependency[] = [];
  for (const statement of await walk.parser.parse(text)) {
    const select = fieldsOf(statement, 'SelectStmt');
    if (select === undefined) throw new Refusal('function-body');
    const shape = toReadShape(select);
    const relations = shape.relations.map(({ schema, name }) => ({ schema, name, pins: [] }));
    found.push(...(await follow({ ...shape, relations }, { ...walk, level: walk.level + 1 }, false)));
  }
  return found;
}

async function followRelations(shape: ReadShape, walk: Walk): Promise<readonly Dependency[]> {
  if (shape.relations.length === 0) return [];
  const members = await walk.catalogue.relations(shape.relations);
  const found: Dependency[] = [];
  for (const [index, reference] of shape.relations.entries()) {
    const family = members.filter(({ asked }) => asked === index + 1);
    if (family.length === 0) throw new Refusal('unknown-relation', reference.name);
    for (const member of family) {
      assertUsable(member, walk);
      if (member.kind === 'v') {
        found.push(...(await followText(member.definition ?? '', { ...walk, insideView: true })));
        continue;
      }
      if ((member.announcedEvents & ALL_EVENTS) !== ALL_EVENTS)
        throw new Refusal('no-trigger', `${member.schema}.${member.name}`);
      if (member.rowSecurityBinds)
        for (const { condition } of member.policies) found.push(...(await followText(`select (${condition})`, walk)));
      const pin =
        family.length === 1 ? (pinFor(reference, member, shape) ?? (await policyPin(member, walk.parser))) : undefined;
      found.push({
        table: member.oid,
        name: `${member.schema}.${member.name}`,
        ...(pin === undefined ? {} : { pin }),
      });
    }
  }
  return found;
}

function assertUsable(member: CatalogueRelation, walk: Walk): void {
  const name = `${member.schema}.${member.name}`;
  if (['pg_catalog', 'information_schema', 'pg_toast'].includes(member.schema))
    throw new Refusal('catalogue-table', name);
  if (member.isTemporary) throw new Refusal('temporary-table', name);
  if (member.isSubscribed) throw new Refusal('subscription', name);
  if (!['r', 'p', 'v'].includes(member.kind)) throw new Refusal('relation-kind', name);
  // A view reads with its owner's eyes: which policies bind there is not asked.
  if (walk.insideView ? member.hasRowSecurity : member.rowSecurityBinds && walk.settings === undefined)
    throw new Refusal('row-security', name);
}

function pinFor(reference: RelationReference, member: CatalogueRelation, shape: ReadShape): Dependency['pin'] {
  for (const { column, sources } of reference.pins) {
    const type = member.keyTypes[column];
    if (type === undefined || !isKeyType(type)) continue;
    // A text parameter with a second use may take its type, and so its comparison, from there.
    const isOwn = sources.every(
      (source) => !('parameter' in source) || shape.parameterUses.get(source.parameter) === 1,
    );
    if (isOwn) return { column, type, sources };
  }
  return undefined;
}

/**
 * The keys of the only rows that row-level security shows: those of one organisation, where every policy that gives
 * access compares a key column with a setting.
 */
async function policyPin(member: CatalogueRelation, parser: SqlParser): Promise<Dependency['pin']> {
  const applying = member.policies.filter(({ applies }) => applies);
  const permissive = applying.filter(({ isPermissive }) => isPermissive);
  if (!member.rowSecurityBinds || permissive.length === 0) return undefined;
  const pins = await Promise.all(permissive.map(({ condition }) => pinsOfCondition(condition, member, parser)));
  const [first = [], ...others] = pins;
  for (const { column } of first) {
    const type = member.keyTypes[column];
    const all = [first, ...others].map((list) => list.find((pin) => pin.column === column));
    if (type === undefined || !isKeyType(type) || all.includes(undefined)) continue;
    const sources = all.flatMap((pin) => pin?.sources ?? []);
    if (sources.every((source) => 'setting' in source)) return { column, type, sources };
  }
  return undefined;
}

async function pinsOfCondition(
  condition: string,
  { name }: CatalogueRelation,
  parser: SqlParser,
): Promise<readonly Pin[]> {
  const [statement] = await parser.parse(`select (${condition})`);
  const [target] = nodesOf(fieldsOf(statement, 'SelectStmt')?.['targetList']);
  return pinsOf(fieldsOf(target, 'ResTarget')?.['val'], { qualifier: name, alone: true });
}

/** One dependency a table and column: narrowed only where every use of it is narrowed, by all their keys. */
function withoutRepeats(found: readonly Dependency[]): readonly Dependency[] {
  const kept: Dependency[] = [];
  for (const [table, all] of Map.groupBy(found, (dependency) => dependency.table)) {
    const [{ name }] = all as [Dependency, ...Dependency[]]; // a group has one at least
    const pins = all.flatMap(({ pin }) => pin ?? []);
    if (pins.length < all.length) {
      kept.push({ table, name });
      continue;
    }
    for (const [column, same] of Map.groupBy(pins, (pin) => pin.column)) {
      const [{ type }] = same as [NonNullable<Dependency['pin']>];
      kept.push({ table, name, pin: { column, type, sources: same.flatMap(({ sources }) => sources) } });
    }
  }
  return kept;
}

async function writesOfCalls(
  catalogue: Catalogue,
  calls: readonly FunctionReference[] | undefined,
): Promise<WriteScope> {
  if (calls === undefined) return ALL;
  if (calls.length === 0) return NONE;
  return (await catalogue.functions(calls)).some(mayWrite) ? ALL : NONE;
}

async function writesOfStatement(catalogue: Catalogue, shape: WriteShape): Promise<WriteScope> {
  const functions = shape.functions.length === 0 ? [] : await catalogue.functions(shape.functions);
  if (functions.some(mayWrite)) return ALL;
  const reach = await catalogue.reach(shape.schema, shape.name);
  if (reach === undefined) return ALL;
  const [target] = await catalogue.relations([shape]);
  const pin = target === undefined ? undefined : writePin(shape, target);
  const dependencies = reach.tables.map((table, index) => ({
    table,
    name: shape.name,
    ...(pin === undefined || index > 0 ? {} : { pin }),
  }));
  const isAnnounced = target !== undefined && (target.announcedEvents & ALL_EVENTS) === ALL_EVENTS;
  const isExact = isAnnounced && (pin !== undefined || Object.keys(target.keyTypes).length === 0);
  const isAlone =
    dependencies.length === 1 &&
    !reach.runsCode &&
    !shape.readsOthers &&
    functions.every(({ schema, language }) => schema === 'pg_catalog' || language === 'c');
  return { kind: 'tables', dependencies, isExact, isAlone };
}

function writePin(shape: WriteShape, target: CatalogueRelation): Dependency['pin'] {
  // Only with one key column does a key name all that the statement can touch.
  const [column, ...others] = Object.keys(target.keyTypes);
  const type = column === undefined ? undefined : target.keyTypes[column];
  if (column === undefined || type === undefined || others.length > 0 || shape.columns.has(column)) return undefined;
  const pin = shape.pins.find((candidate) => candidate.column === column);
  return pin === undefined || !isKeyType(type) ? undefined : { column, type, sources: pin.sources };
}
