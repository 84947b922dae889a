import {
  createSessions,
  sessionsInstallSql,
  type SessionBusHandlers,
  type SessionDatabase,
  type Sessions,
  type SessionsOptions,
} from '@dataguardian/sessions';
import { createFakeClock, postgresForTest, type FakeClock } from '@dataguardian/testing';
import { Pool } from 'pg';

export const DEVICE = { userAgent: 'Firefox', address: '127.0.0.1' };
export const ANNA = { userId: 'anna', organisationId: 'org', roles: ['analyst'], device: DEVICE };
export const MINUTE = 60_000;
/** As often as nodes write what is due. */
const STEP_MS = 5_000;

/** One database with the tables of sessions, and nodes that share it. */
export interface SessionWorld {
  readonly pool: Pool;
  readonly url: string;
  /** Time does not outrun the database: what became due in five seconds is answered before the next five pass. */
  readonly clock: FakeClock;
  /** Statements that nodes have sent since the last reset. */
  readonly sent: string[];
  /** While true, the database answers nobody. */
  isAway: boolean;
  /** Hears and loses messages of the bus. */
  readonly bus: { isCut: boolean; gap(): void };
  /** Nodes that listen to the bus. */
  readonly listening: number;
  /** Resolves when every statement is answered and every message that was sent has been heard. */
  settled(): Promise<void>;
  node(options?: Partial<SessionsOptions> & { readonly withBus?: boolean }): Sessions;
  close(): Promise<void>;
}

export async function sessionWorld(): Promise<SessionWorld> {
  const postgres = await postgresForTest();
  const pool = new Pool({ connectionString: postgres.url, max: 8 });
  pool.on('error', () => undefined);
  await pool.query(sessionsInstallSql);
  const handlers = new Set<SessionBusHandlers>();
  const listener = await pool.connect();
  await listener.query('listen dataguardian_sessions_ended');
  const open: Sessions[] = [];
  const running = new Set<Promise<unknown>>();
  const marks = new Map<string, () => void>();
  let markCount = 0;
  const answered = async (): Promise<void> => {
    while (running.size > 0) {
      await Promise.allSettled(running);
      // Whoever was answered may have more to ask.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const turned = createFakeClock();
  const clock: FakeClock = {
    ...turned,
    get timerCount() {
      return turned.timerCount;
    },
    async advance(durationMs) {
      for (let leftMs = durationMs; leftMs > 0; leftMs -= STEP_MS) {
        await turned.advance(Math.min(leftMs, STEP_MS));
        await answered();
      }
    },
  };
  const world: SessionWorld = {
    pool,
    url: postgres.url,
    clock,
    sent: [],
    isAway: false,
    bus: {
      isCut: false,
      gap: () => {
        for (const { onGap } of handlers) onGap();
      },
    },
    get listening() {
      return handlers.size;
    },
    async settled() {
      await answered();
      // Messages come in the order of their commits: what was sent before the mark was heard before it.
      const mark = `changed mark${(markCount += 1)} 0`;
      const heard = new Promise<void>((resolve) => marks.set(mark, resolve));
      await pool.query("select pg_notify('dataguardian_sessions_ended', $1)", [mark]);
      await heard;
    },
    node({ withBus = false, ...options } = {}) {
      const database: SessionDatabase = {
        async query<Row extends object>(text: string, values: readonly unknown[] = []) {
          if (world.isAway) throw new Error('connection refused');
          world.sent.push(text);
          const answer = pool.query<Row>(text, [...values]);
          running.add(answer);
          return answer.finally(() => running.delete(answer));
        },
        ...(withBus
          ? {
              listen: (_channel: string, handler: SessionBusHandlers) => {
                handlers.add(handler);
                return Promise.resolve(() => {
                  handlers.delete(handler);
                  return Promise.resolve();
                });
              },
            }
          : {}),
      };
      const sessions = createSessions({ database, clock, ...options });
      open.push(sessions);
      return sessions;
    },
    async close() {
      world.isAway = false;
      await Promise.all(open.map((sessions) => sessions.close()));
      listener.release(true);
      await pool.end();
      await postgres.close();
    },
  };
  listener.on('notification', ({ payload }) => {
    if (!world.bus.isCut) for (const { onPayload } of handlers) onPayload(payload ?? '');
    marks.get(payload ?? '')?.();
    marks.delete(payload ?? '');
  });
  return world;
}
