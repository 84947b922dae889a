import type { Connection } from './connection.ts';
import type { ResolvedDatabaseOptions } from './options.ts';

/** What upkeep works on. */
export interface PoolUpkeepSubject {
  readonly all: ReadonlySet<Connection>;
  /** Longest idle first; upkeep takes a connection out while it asks it for a sign of life. */
  readonly idle: Connection[];
  /** How many connections may close without going below the minimum. */
  spareCount(): number;
  retire(connection: Connection): void;
  /** Whether a layer's changes to an idle connection have to be undone. */
  isOver(connection: Connection, idleMs: number): boolean;
  /** Gives false when the connection had to be closed. */
  undo(connection: Connection): Promise<boolean>;
  /** Takes a connection back that has shown a sign of life. */
  restore(connection: Connection): void;
  tick(): void;
}

const PERIOD_MS = 500;
/** The server cancels a statement at its timeout; a session that is silent for so much longer is dead. */
const SILENCE_MS = 2_000;

/**
 * Every half second: closes connections that are idle for too long or too old, asks idle ones for a sign of life, and
 * takes down sessions whose server has fallen silent, so that nobody waits for ever behind a dead network.
 */
export function createPoolUpkeep(options: ResolvedDatabaseOptions, subject: PoolUpkeepSubject): { stop(): void } {
  const { clock, idleTimeoutMs, keepAliveMs, statementTimeoutMs } = options;
  const { all, idle, retire, isOver, undo, restore, spareCount, tick } = subject;

  const isSilent = ({ session, isUnbounded }: Connection, now: number): boolean =>
    statementTimeoutMs > 0 &&
    session.busySince !== undefined &&
    now - session.busySince > statementTimeoutMs + SILENCE_MS &&
    !isUnbounded();

  const takeDown = (connection: Connection, reason: string): void => {
    connection.session.lose(new Error(reason));
    // `end` would wait for a peer that does not answer.
    connection.session.sever();
    retire(connection);
  };

  const askForSignOfLife = (connection: Connection, ask: () => Promise<unknown>): void => {
    idle.splice(idle.indexOf(connection), 1);
    let answered = false;
    const deadline = clock.schedule(options.connectTimeoutMs, () => {
      if (!answered) takeDown(connection, 'The connection did not answer a sign of life.');
    });
    ask()
      .then(() => {
        answered = true;
        if (!connection.broken && all.has(connection)) restore(connection);
      })
      .catch(() => retire(connection))
      .finally(() => deadline.cancel());
  };

  const timer = clock.repeat(PERIOD_MS, () => {
    const now = clock.monotonic();
    for (const connection of all)
      if (isSilent(connection, now)) takeDown(connection, 'The server fell silent during a statement.');
    for (const connection of idle.slice()) {
      const idleMs = now - connection.idleSince;
      if (now >= connection.expiresAt || (idleMs >= idleTimeoutMs && spareCount() > 0)) retire(connection);
      else if (isOver(connection, idleMs)) askForSignOfLife(connection, () => undo(connection));
      else if (keepAliveMs > 0 && now - Math.max(connection.idleSince, connection.session.lastReadyAt) >= keepAliveMs)
        askForSignOfLife(connection, () => connection.session.send({ text: 'select 1', values: [], prepare: false }));
    }
    tick();
  });
  return { stop: () => timer.cancel() };
}
