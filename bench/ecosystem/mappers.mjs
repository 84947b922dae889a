// Object mappers.
import { ordinary, plain, show, socketOf, TABLES } from './work.mjs';

export async function typeorm(world) {
  const { DataSource, EntitySchema } = await import('typeorm');
  const { default: pg } = await import('pg');
  const Author = new EntitySchema({
    name: 'Author',
    tableName: 'authors',
    columns: {
      id: { type: 'int', primary: true, generated: 'identity', generatedIdentity: 'ALWAYS' },
      name: { type: 'text', unique: true },
      born: { type: 'date', nullable: true },
      score: { type: 'numeric', nullable: true },
      data: { type: 'jsonb', nullable: true },
      tags: { type: 'text', array: true, nullable: true },
    },
    relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author' } },
  });
  const Book = new EntitySchema({
    name: 'Book',
    tableName: 'books',
    columns: {
      id: { type: 'int', primary: true, generated: 'identity', generatedIdentity: 'ALWAYS' },
      title: { type: 'text' },
      sold: { type: 'bigint', default: 0 },
      at: { type: 'timestamptz', default: '2026-01-01' },
    },
    relations: {
      author: { type: 'many-to-one', target: 'Author', joinColumn: { name: 'author_id' }, inverseSide: 'books' },
    },
  });
  const source = new DataSource({
    type: 'postgres',
    url: world.connectionString,
    ...socketOf(world.connectionString),
    driver: { ...pg, Pool: world.Pool },
    entities: [Author, Book],
    synchronize: true,
    poolSize: 5,
  });
  await source.initialize();
  const authors = source.getRepository('Author');
  const seen = await ordinary(
    { announce: world.announce },
    {
      insert: (name, data) => authors.save({ name, data, score: '1.50', born: '2000-01-02', tags: ['a'] }),
      read: () => authors.find({ order: { id: 'ASC' } }),
      join: () => authors.find({ relations: { books: true }, order: { id: 'DESC' } }),
      update: (name, n) => authors.update({ name }, { score: n }).then(({ affected }) => affected),
      transact: (title, keep) =>
        source.transaction(async (manager) => {
          await manager.getRepository('Book').save({ title, author: { id: 1 } });
          if (!keep) throw new Error('no');
        }),
      refuse: (name) => authors.insert({ name }),
      raw: (n) => source.query('select $1::int as n', [n]),
    },
  );
  const stream = await authors.createQueryBuilder('a').orderBy('a.id').stream();
  const streamed = [];
  for await (const row of stream) streamed.push(row);
  seen.streamed = show(plain(streamed));
  await source.destroy();
  return seen;
}

export async function mikroOrm(world) {
  const { MikroORM, defineEntity, p } = await import('@mikro-orm/postgresql');
  const { PostgresDialect } = await import('kysely');
  const { pool, announce } = world.openPool();
  await pool.query(TABLES);
  const Author = defineEntity({
    name: 'Author',
    tableName: 'authors',
    properties: {
      id: p.integer().primary().autoincrement(),
      name: p.text(),
      born: p.date().nullable(),
      score: p.decimal().nullable(),
      data: p.json().nullable(),
      tags: p.array().nullable(),
      books: () => p.oneToMany(Book).mappedBy('author'),
    },
  });
  const Book = defineEntity({
    name: 'Book',
    tableName: 'books',
    properties: {
      id: p.integer().primary().autoincrement(),
      title: p.text(),
      sold: p.bigint().default(0),
      at: p.datetime().nullable(),
      author: () => p.manyToOne(Author).fieldName('author_id'),
    },
  });
  const orm = await MikroORM.init({
    dbName: socketOf(world.connectionString).database,
    entities: [Author, Book],
    driverOptions: new PostgresDialect({ pool }),
    debug: false,
  });
  const em = () => orm.em.fork();
  return ordinary(
    { announce },
    {
      insert: async (name, data) => {
        const fork = em();
        const author = fork.create(Author, { name, data, score: '1.50', born: '2000-01-02', tags: ['a'] });
        await fork.persist(author).flush();
        return author;
      },
      read: () => em().findAll(Author, { orderBy: { id: 'asc' } }),
      join: () => em().findAll(Author, { populate: ['books'], orderBy: { id: 'desc' } }),
      update: (name, n) => em().nativeUpdate(Author, { name }, { score: String(n) }),
      transact: (title, keep) =>
        em().transactional(async (fork) => {
          const author = await fork.findOneOrFail(Author, { id: 1 });
          fork.create(Book, { title, author, at: new Date(0) });
          await fork.flush();
          await fork.transactional(async () => undefined);
          if (!keep) throw new Error('no');
        }),
      refuse: async (name) => {
        const fork = em();
        fork.create(Author, { name });
        await fork.flush();
      },
      raw: (n) => em().getConnection().execute('select ?::int as n', [n]),
    },
  );
}
