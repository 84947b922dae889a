// Query builders and mappers that compile to single statements.
import { ordinary, show, TABLES } from './work.mjs';

export async function kyselyOn(world) {
  const { Kysely, PostgresDialect, sql } = await import('kysely');
  const { default: Cursor } = await import('pg-cursor');
  const { pool, announce } = world.openPool();
  await pool.query(TABLES);
  const db = new Kysely({ dialect: new PostgresDialect({ pool, cursor: Cursor }) });
  const seen = await ordinary(
    { announce },
    {
      insert: (name, data) =>
        db
          .insertInto('authors')
          .values({ name, data: JSON.stringify(data), score: '1.50', born: new Date(2000, 0, 2), tags: ['a'] })
          .returningAll()
          .executeTakeFirst(),
      read: () => db.selectFrom('authors').selectAll().orderBy('id').execute(),
      join: () =>
        db
          .selectFrom('authors')
          .leftJoin('books', 'books.author_id', 'authors.id')
          .select(['name', 'title', 'sold', 'at'])
          .orderBy('books.id')
          .execute(),
      update: (name, n) => db.updateTable('authors').set({ score: n }).where('name', '=', name).executeTakeFirst(),
      transact: (title, keep) =>
        db.transaction().execute(async (trx) => {
          await trx.insertInto('books').values({ author_id: 1, title }).execute();
          if (!keep) throw new Error('no');
        }),
      refuse: (name) => db.insertInto('authors').values({ name }).execute(),
      raw: (n) => sql`select ${n}::int as n, count(*) from authors`.execute(db).then(({ rows }) => rows),
    },
  );
  const streamed = [];
  for await (const row of db.selectFrom('authors').select('name').orderBy('id').stream(1)) streamed.push(row);
  seen.streamed = show(streamed);
  await db.destroy();
  return seen;
}

export async function drizzle(world) {
  const { drizzle: open } = await import('drizzle-orm/node-postgres');
  const core = await import('drizzle-orm/pg-core');
  const { eq, sql, desc, relations } = await import('drizzle-orm');
  const { pool, announce } = world.openPool();
  await pool.query(TABLES);
  const authors = core.pgTable('authors', {
    id: core.integer().primaryKey().generatedAlwaysAsIdentity(),
    name: core.text().notNull(),
    born: core.date(),
    score: core.numeric(),
    data: core.jsonb(),
    tags: core.text().array(),
  });
  const books = core.pgTable('books', {
    id: core.integer().primaryKey().generatedAlwaysAsIdentity(),
    authorId: core.integer('author_id').notNull(),
    title: core.text().notNull(),
    sold: core.bigint({ mode: 'bigint' }),
    at: core.timestamp({ withTimezone: true }),
  });
  const schema = {
    authors,
    books,
    authorsRelations: relations(authors, ({ many }) => ({ books: many(books) })),
    booksRelations: relations(books, ({ one }) => ({
      author: one(authors, { fields: [books.authorId], references: [authors.id] }),
    })),
  };
  const db = open({ client: pool, schema });
  const prepared = db
    .select()
    .from(authors)
    .where(eq(authors.name, sql.placeholder('name')))
    .prepare('by_name');
  const seen = await ordinary(
    { announce },
    {
      insert: (name, data) =>
        db
          .insert(authors)
          .values({ name, data, score: '1.50', born: '2000-01-02', tags: ['a'] })
          .returning(),
      read: () => db.select().from(authors).orderBy(authors.id),
      join: () => db.query.authors.findMany({ with: { books: true }, orderBy: desc(authors.id) }),
      update: (name, n) =>
        db
          .update(authors)
          .set({ score: String(n) })
          .where(eq(authors.name, name))
          .returning({ score: authors.score }),
      transact: (title, keep) =>
        db.transaction(async (tx) => {
          await tx.insert(books).values({ authorId: 1, title, at: new Date(0) });
          await tx.transaction(async (inner) => {
            await inner.insert(books).values({ authorId: 1, title: `${title} inside` });
          });
          if (!keep) tx.rollback();
        }),
      refuse: (name) => db.insert(authors).values({ name }),
      raw: async (n) => [
        await prepared.execute({ name: 'anna' }),
        (await db.execute(sql`select ${n}::int as n, now() > '2020-01-01' as later`)).rows,
      ],
    },
  );
  const between = [];
  await db
    .transaction(async (tx) => {
      await tx.insert(authors).values({ name: 'unseen' });
      between.push(
        await db.select({ name: authors.name }).from(authors).where(eq(authors.name, 'unseen')),
        await tx.select({ name: authors.name }).from(authors).where(eq(authors.name, 'unseen')),
      );
      tx.rollback();
    })
    .catch(() => undefined);
  seen['inside and outside'] = show(between);
  return seen;
}

export async function prismaAdapter(world) {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { pool, announce } = world.openPool();
  await pool.query(TABLES);
  const adapter = await new PrismaPg(pool).connect();
  const ask = (on, sql, args = []) =>
    on.queryRaw({
      sql,
      args,
      argTypes: args.map((arg) => ({ scalarType: typeof arg === 'number' ? 'int' : 'string', arity: 'scalar' })),
    });
  const seen = await ordinary(
    { announce },
    {
      insert: (name, data) =>
        ask(
          adapter,
          'insert into authors (name, data, score, born, tags) values ($1, $2::jsonb, 1.5, $3::date, array[$1]) returning *',
          [name, JSON.stringify(data), '2000-01-02'],
        ),
      read: () => ask(adapter, 'select * from authors order by id'),
      join: () =>
        ask(
          adapter,
          'select name, title, sold, at from authors left join books on author_id = authors.id order by books.id',
        ),
      update: (name, n) =>
        adapter.executeRaw({
          sql: 'update authors set score = $1 where name = $2',
          args: [n, name],
          argTypes: [
            { scalarType: 'int', arity: 'scalar' },
            { scalarType: 'string', arity: 'scalar' },
          ],
        }),
      transact: async (title, keep) => {
        const tx = await adapter.startTransaction('SERIALIZABLE');
        await ask(tx, 'insert into books (author_id, title) values (1, $1) returning id', [title]);
        // The engine sends these words itself.
        await tx.executeRaw({ sql: keep ? 'COMMIT' : 'ROLLBACK', args: [], argTypes: [] });
        await (keep ? tx.commit() : tx.rollback());
      },
      refuse: (name) => ask(adapter, 'insert into authors (name) values ($1)', [name]),
      raw: () => adapter.executeScript('select 1; select 2'),
    },
  );
  seen.info = show(adapter.getConnectionInfo());
  await adapter.dispose();
  seen.after = show((await pool.query('select 1 as n')).rows);
  return seen;
}
