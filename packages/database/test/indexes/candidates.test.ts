import { describe, expect, it } from 'vitest';
import { toCandidates, toDefinition } from '../../src/indexes/candidates.ts';
import type { ColumnFigures, TableFacts } from '../../src/indexes/catalogue.ts';
import { findBloated, inspectIndexes } from '../../src/indexes/hygiene.ts';
import { toLiteral } from '../../src/indexes/sql-literal.ts';
import { readStatementUses } from '../../src/indexes/statement-uses.ts';
import { createSqlParser } from '../../src/query-cache/sql-parser.ts';

const column = (name: string, type: string, more: Partial<ColumnFigures> = {}): [string, ColumnFigures] => [
  name,
  { name, type, isByteOrder: false, widthBytes: 8, distinctCount: 1_000, correlation: 0, ...more },
];

const table = (
  name: string,
  columns: readonly [string, ColumnFigures][],
  more: Partial<TableFacts> = {},
): TableFacts => ({
  objectId: 1,
  schema: 'public',
  name,
  isVisible: true,
  rowCount: 100_000,
  sizeBytes: 50_000_000,
  columns: new Map(columns),
  indexes: [],
  foreignKeys: [],
  updatedCount: 0,
  hotUpdatedCount: 0,
  ...more,
});

const orders = table('orders', [
  column('id', 'bigint'),
  column('customer_id', 'bigint'),
  column('status', 'text', { distinctCount: 4 }),
  column('email', 'text', { distinctCount: 90_000 }),
  column('placed_at', 'timestamp with time zone', { correlation: 0.99 }),
  column('meta', 'jsonb', { widthBytes: 400 }),
]);
const stays = table('stays', [column('room_id', 'integer'), column('during', 'tstzrange')]);
const items = table('items', [
  column('order_id', 'bigint'),
  column('product_id', 'bigint'),
  column('price', 'numeric'),
]);

async function definitionsFor(sql: string): Promise<string[]> {
  const [tree] = await createSqlParser().parse(sql);
  const { uses } = readStatementUses(tree ?? {}, (_schema, name) =>
    [orders, items, stays].find((one) => one.name === name),
  );
  return uses.flatMap((use) => toCandidates(use, new Set(['pg_trgm'])).map((candidate) => toDefinition(candidate)));
}

describe('candidates', () => {
  it('put equality before order, and order before ranges', async () => {
    const found = await definitionsFor(
      'select * from orders where customer_id = $1 and id > $2 order by placed_at desc',
    );
    expect(found).toContain('on public.orders using btree (customer_id, placed_at)');
    expect(found).toContain('on public.orders using btree (customer_id, placed_at, id)');
    expect(found).toContain('on public.orders using btree (customer_id, id)');
  });

  it('cover narrow columns, and no wide ones', async () => {
    const found = await definitionsFor('select placed_at from orders where customer_id = $1');
    expect(found).toContain('on public.orders using btree (customer_id) include (placed_at)');
    const wide = await definitionsFor('select meta from orders where customer_id = $1');
    expect(wide.filter((definition) => definition.includes('include'))).toEqual([]);
  });

  it('are partial for literals that are states, never for those that identify', async () => {
    expect(await definitionsFor(`select id from orders where status = 'open' order by placed_at`)).toContain(
      `on public.orders using btree (placed_at) where status = 'open'`,
    );
    const found = await definitionsFor(`select id from orders where email = 'anna@example.org'`);
    expect(found.join()).not.toContain('anna');
  });

  it('take expressions, patterns, documents and append-only ranges', async () => {
    expect(await definitionsFor('select id from orders where lower(email) = $1')).toContain(
      'on public.orders using btree (lower(email))',
    );
    expect(await definitionsFor(`select id from orders where meta->>'k' = $1`)).toContain(
      `on public.orders using btree ((meta ->> 'k'))`,
    );
    expect(await definitionsFor('select id from orders where email like $1')).toEqual(
      expect.arrayContaining([
        'on public.orders using btree (email text_pattern_ops)',
        'on public.orders using gin (email gin_trgm_ops) with (fastupdate = off)',
      ]),
    );
    expect(await definitionsFor('select id from orders where meta @> $1')).toContain(
      'on public.orders using gin (meta jsonb_path_ops) with (fastupdate = off)',
    );
    expect(await definitionsFor('select count(*) from orders where placed_at > $1')).toContain(
      'on public.orders using brin (placed_at)',
    );
  });

  it('serve both sides of a join, and what stands in a subquery', async () => {
    const found = await definitionsFor(
      'select 1 from orders o join items i on i.order_id = o.id where o.customer_id = $1 and exists (select 1 from items x where x.product_id = $2)',
    );
    expect(found).toContain('on public.items using btree (order_id)');
    expect(found).toContain('on public.items using btree (product_id)');
    expect(found).toContain('on public.orders using btree (customer_id)');
  });

  it('keep directions that differ, and drop those that do not', async () => {
    expect(await definitionsFor('select id from orders order by customer_id desc, placed_at')).toContain(
      'on public.orders using btree (customer_id desc, placed_at)',
    );
  });

  it('serve each side of an OR, with what stands beside it', async () => {
    const found = await definitionsFor(
      `select id from orders where customer_id = $1 and (email = $2 or status = 'open' and id > $3 or email ilike $4)`,
    );
    expect(found).toEqual(
      expect.arrayContaining([
        'on public.orders using btree (email)',
        'on public.orders using btree (customer_id, email)',
        'on public.orders using btree (status, id)',
        'on public.orders using gin (email gin_trgm_ops) with (fastupdate = off)',
      ]),
    );
  });

  it('are partial for what is left out, and for flags in every form', async () => {
    expect(await definitionsFor(`select id from orders where status <> 'done' order by placed_at`)).toContain(
      `on public.orders using btree (placed_at) where status <> 'done'`,
    );
    expect(await definitionsFor(`select id from orders where status not in ('a', 'b') order by placed_at`)).toContain(
      `on public.orders using btree (placed_at) where status not in ('a', 'b')`,
    );
    expect(await definitionsFor('select id from orders where (status = email) is not true order by id')).toContain(
      'on public.orders using btree (id) where (status = email) is not true',
    );
    const one = await definitionsFor(`select id from orders where email <> 'anna@example.org' order by id`);
    expect(one.join()).not.toContain('anna');
  });

  it('read order, groups and windows by their place, by their alias and as they are', async () => {
    expect(await definitionsFor('select placed_at as at from orders where customer_id = $1 order by at')).toContain(
      'on public.orders using btree (customer_id, placed_at)',
    );
    expect(await definitionsFor('select id, placed_at from orders where customer_id = $1 order by 2')).toContain(
      'on public.orders using btree (customer_id, placed_at)',
    );
    expect(
      await definitionsFor('select row_number() over (partition by customer_id order by placed_at desc) from orders'),
    ).toContain('on public.orders using btree (customer_id, placed_at desc)');
    expect(await definitionsFor('select distinct on (customer_id) id from orders')).toContain(
      'on public.orders using btree (customer_id)',
    );
  });

  it('join by USING, and search ranges that lie within each other', async () => {
    expect(await definitionsFor('select 1 from items join items other using (product_id)')).toContain(
      'on public.items using btree (product_id)',
    );
    expect(await definitionsFor('select 1 from stays where during @> $1')).toContain(
      'on public.stays using gist (during)',
    );
    expect(await definitionsFor('select 1 from stays where $1 <@ during')).toContain(
      'on public.stays using gist (during)',
    );
  });

  it('find rows of updates and deletes, and know a CTE from a table of the same name', async () => {
    expect(await definitionsFor('delete from orders where customer_id = $1')).toContain(
      'on public.orders using btree (customer_id)',
    );
    expect(
      await definitionsFor('with orders as (select 1 as customer_id) select * from orders where customer_id = 1'),
    ).toEqual([]);
  });
});

describe('hygiene', () => {
  const index = (name: string, terms: readonly string[], more: object = {}) => ({
    name,
    definition: `CREATE INDEX ${name} ON public.orders USING btree (${terms.join(', ')})`,
    method: 'btree',
    isValid: true,
    isUnique: false,
    isNeeded: false,
    keys: terms,
    keyTerms: terms,
    included: [],
    predicate: '',
    options: '',
    sizeBytes: 1_000,
    scanCount: 5,
    lastUsedAt: null,
    objectId: name.codePointAt(0) ?? 0,
    ...more,
  });
  const inspect = (indexes: readonly ReturnType<typeof index>[], more: Partial<TableFacts> = {}, replicaCount = 0) =>
    inspectIndexes({
      catalogue: {
        tables: [{ ...orders, indexes, ...more }],
        extensions: new Set(),
        volatileFunctions: new Set(),
        statisticsAgeMs: 1_000_000,
        replicaCount,
        now: 1_000_000,
      },
      knownSince: new Map(indexes.map(({ objectId }) => [objectId, 0])),
      unusedAfterMs: 900_000,
    }).drops.map(({ index: { name }, cause }) => [name, cause]);

  it('names duplicates, beginnings of others, the unused and the invalid', () => {
    expect(inspect([index('a', ['x']), index('b', ['x'])])).toEqual([['b', 'duplicate']]);
    expect(inspect([index('a', ['x']), index('b', ['x', 'y'])])).toEqual([['a', 'redundant']]);
    expect(inspect([index('a', ['x'], { scanCount: 0 })])).toEqual([['a', 'unused']]);
    expect(inspect([index('a', ['x'], { isValid: false })])).toEqual([['a', 'invalid']]);
  });

  it('knows that a b-tree is read backwards too', () => {
    expect(inspect([index('a', ['x 1 0 3']), index('b', ['x 1 0 0', 'y 1 0 0'])])).toEqual([['a', 'redundant']]);
    expect(inspect([index('a', ['x 1 0 0']), index('b', ['x 1 0 3'])])).toEqual([['b', 'duplicate']]);
    expect(inspect([index('a', ['x 1 0 3', 'y 1 0 0']), index('b', ['x 1 0 0', 'y 1 0 0'])])).toEqual([]);
  });

  it('calls bloated what is twice as large as built anew', () => {
    const [full, loose, small] = [
      index('full', ['x'], { sizeBytes: 9 * 1024 * 1024 }),
      index('loose', ['y'], { sizeBytes: 7 * 1024 * 1024 }),
      index('small', ['z'], { sizeBytes: 100_000 }),
    ];
    const catalogue = {
      tables: [{ ...orders, indexes: [full, loose, small] }],
      extensions: new Set<string>(),
      volatileFunctions: new Set<string>(),
      statisticsAgeMs: 0,
      replicaCount: 0,
      now: 0,
    };
    const fresh = new Map([
      [full, 4 * 1024 * 1024],
      [loose, 4 * 1024 * 1024],
      [small, 10_000],
    ]);
    expect(findBloated(catalogue, fresh)).toEqual([
      {
        index: 'full',
        table: 'public.orders',
        kind: 'bloated',
        evidence: '9.0 MiB, built anew 4.0 MiB: reindex index concurrently public."full"',
      },
    ]);
  });

  it('leaves what enforces, what a constraint rests on, and the only help of a foreign key', () => {
    expect(inspect([index('a', ['x'], { scanCount: 0, isUnique: true })])).toEqual([]);
    expect(inspect([index('a', ['x'], { scanCount: 0, isNeeded: true })])).toEqual([]);
    expect(inspect([index('a', ['x'], { isUnique: true }), index('b', ['x', 'y'])])).toEqual([]);
    const foreignKeys = [{ columns: ['x'], parent: 'p', parentColumns: ['id'] }];
    expect(inspect([index('a', ['x'], { scanCount: 0 })], { foreignKeys })).toEqual([]);
    const filled = index('a', ['x'], { scanCount: 0, predicate: '(x IS NOT NULL)' });
    expect(inspect([filled], { foreignKeys })).toEqual([]);
  });

  it('keeps one of two, even if nobody used either', () => {
    expect(inspect([index('a', ['x'], { scanCount: 0 }), index('b', ['x'], { scanCount: 0 })])).toEqual([
      ['b', 'duplicate'],
    ]);
  });

  it('calls nothing unused that a replica may use, nor what differs in predicate or order', () => {
    expect(inspect([index('a', ['x'], { scanCount: 0 })], {}, 1)).toEqual([]);
    expect(inspect([index('a', ['x']), index('b', ['x'], { predicate: 'y' })])).toEqual([]);
    expect(inspect([index('a', ['x desc']), index('b', ['x'])])).toEqual([]);
  });
});

describe('a value as a literal', () => {
  it('is quoted whatever it holds', () => {
    expect(toLiteral("o'neil")).toBe("'o''neil'");
    expect(toLiteral(null)).toBe('null');
    expect(toLiteral(['a"b', null, 'c'])).toBe(String.raw`'{"a\"b",NULL,"c"}'`);
    expect(toLiteral({ a: "x'" })).toBe(`'{"a":"x''"}'`);
    expect(toLiteral(new Uint8Array([1, 255]))).toBe(String.raw`'\x01ff'`);
  });
});
