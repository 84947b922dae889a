import pg from 'pg';
import { createDatabase, PgCompatiblePool, type DatabaseOptions } from '../packages/database/src/index.ts';

export interface Contender {
  readonly name: string;
  ask(text: string, values: readonly (number | string)[]): Promise<readonly object[]>;
  close(): Promise<void>;
}

export function ours(name: string, connectionString: string, options: DatabaseOptions = {}): Contender {
  const database = createDatabase({ connectionString, ...options });
  return {
    name,
    ask: async (text, values) => (await database.query(text, values)).rows,
    close: () => database.close(),
  };
}

/** The class that stands in for pg.Pool, used as pg.Pool is. */
export function compatible(name: string, connectionString: string, max: number): Contender {
  const pool = new PgCompatiblePool({ connectionString, max, min: max });
  return {
    name,
    ask: async (text, values) => (await pool.query(text, [...values])).rows as object[],
    close: () => pool.end(),
  };
}

export function pgPool(name: string, connectionString: string, max: number, named: boolean): Contender {
  const pool = new pg.Pool({ connectionString, max, min: max });
  // Its clients may still be on their way out when the server stops.
  pool.on('error', () => undefined);
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const known = names.get(text);
    if (known !== undefined) return known;
    names.set(text, `s${names.size}`);
    return `s${names.size - 1}`;
  };
  return {
    name,
    ask: async (text, values) =>
      (named
        ? await pool.query({ name: nameOf(text), text, values: [...values] })
        : await pool.query(text, [...values])
      ).rows as object[],
    close: () => pool.end(),
  };
}

/** What is used of the rival. It is installed in bench/ alone, so the rest of the repository has no types of it. */
interface PostgresJs {
  unsafe(text: string, values: readonly unknown[], options: object): Promise<readonly object[]>;
  end(): Promise<void>;
}
const PACKAGE: string = 'postgres';
const { default: postgres } = (await import(PACKAGE)) as { default: (options: object) => PostgresJs };

export function postgresJs(name: string, connectionString: string, max: number): Contender {
  const url = new URL(connectionString);
  const host = url.searchParams.get('host') ?? url.hostname;
  const sql = postgres({
    host,
    port: Number(url.port || 5432),
    database: url.pathname.slice(1),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    max,
    onnotice: () => undefined,
    ...(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${url.port || 5432}` } : {}),
  });
  return {
    name,
    ask: (text, values) => sql.unsafe(text, [...values], { prepare: true }),
    close: () => sql.end(),
  };
}

export function connectionPerQuery(name: string, connectionString: string): Contender {
  return {
    name,
    async ask(text, values) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      try {
        return (await client.query(text, [...values])).rows as object[];
      } finally {
        await client.end();
      }
    },
    close: () => Promise.resolve(),
  };
}
