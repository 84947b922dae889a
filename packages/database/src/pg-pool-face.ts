import type { Client, QueryResult } from 'pg';
import type { Pool } from './pool.ts';

/** A lent client as `pg.Pool` hands it out. */
export interface PgPoolClient {
  query: Client['query'];
  release(destroy?: Error | boolean): void;
}

/** The part of `pg.Pool` that Kysely, Drizzle, pg-boss and connect-pg-simple use. */
export interface PgPoolFace {
  connect(): Promise<PgPoolClient>;
  query(text: string, values?: unknown[]): Promise<QueryResult>;
  end(): Promise<void>;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Shows `pool` as a `pg.Pool`. Ending the face leaves the pool to its owner. */
export function toPgPool(pool: Pool): PgPoolFace {
  return {
    async connect() {
      const connection = await pool.acquire();
      let released = false;
      return {
        query: connection.client.query.bind(connection.client),
        release(destroy) {
          if (released) throw new Error('Release called on client which has already been released to the pool.');
          released = true;
          if (destroy === undefined || destroy === false) pool.release(connection);
          else pool.destroy(connection);
        },
      };
    },
    query: (text, values) => pool.lend(({ client }) => client.query(text, values)),
    end: () => Promise.resolve(),
    get totalCount() {
      return pool.state().total;
    },
    get idleCount() {
      return pool.state().idle;
    },
    get waitingCount() {
      return pool.state().waiting;
    },
  };
}
