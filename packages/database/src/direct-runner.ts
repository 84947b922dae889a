import type { QueryResult } from 'pg';
import type { Connection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import type { Lanes } from './lanes.ts';
import type { Pool } from './pool.ts';
import type { RunOptions, StatementResult, StatementRunner } from './statement-runner.ts';
import type { StatementProfile } from './statement-profiles.ts';
import { isClientQuiet } from './wire/pg-client.ts';
import type { WireResult } from './wire/wire-session.ts';

/** Runs statements on sessions: shared ones where a statement may share, else one of its own. */
export interface DirectRunner extends StatementRunner {
  /** Runs a statement on a session that the caller has. */
  runOn(
    connection: Connection,
    text: string,
    values: readonly unknown[],
    options?: RunOptions,
  ): Promise<StatementResult>;
}

/** What the runner uses. */
export interface DirectRunnerParts {
  readonly pool: Pool;
  readonly lanes: Lanes;
  readonly findProfile: (text: string) => StatementProfile;
}

/** One command that opens or ends a transaction; it may stand in a row with others on its session. */
const CONTROL = /^\s*(?:begin|commit|rollback)(?:\s[^;]*)?$/i;

export function createDirectRunner({ pool, lanes, findProfile }: DirectRunnerParts): DirectRunner {
  const sendOn = async (
    connection: Connection,
    profile: StatementProfile,
    { text, values, rowMode, onConnection, prelude }: { text: string; values: readonly unknown[] } & RunOptions,
  ): Promise<StatementResult> => {
    const { session, wire } = connection;
    const isControl = profile.kind === 'other' && values.length === 0 && CONTROL.test(text);
    const before = profile.kind === 'other' ? undefined : prelude?.(wire);
    if (before !== undefined) session.send({ text: before, values: [], prepare: false }).catch(() => undefined);
    onConnection?.(wire);
    try {
      if (profile.kind === 'other' && !isControl) return await queryThroughClient(connection, text, values, rowMode);
      const prepare = profile.seenCount > 1 && !isControl;
      const result = await session.send({ text, values, rowMode, prepare });
      if (!isControl) profile.times.recordAlone(result.serviceMs);
      return toStatementResult(result);
    } catch (error) {
      throw toCallerError(connection, error);
    }
  };

  return {
    async run(text, values, options) {
      const profile = findProfile(text);
      const { rowMode, onConnection } = options;
      const shared = lanes.trySend({ text, values, rowMode, prepare: profile.seenCount > 1 }, profile, ({ wire }) =>
        onConnection?.(wire),
      );
      if (shared === undefined)
        return pool.lend(
          async (connection, waitMs) => ({
            ...(await sendOn(connection, profile, { text, values, ...options })),
            waitMs,
          }),
          // What sets or begins something is nothing for a session that others rely on.
          { asIs: options.prelude !== undefined && profile.kind !== 'other' },
        );
      try {
        const result = await shared;
        profile.times.recordShared(result.serviceMs);
        return toStatementResult(result);
      } catch (error) {
        throw withCallerStack(error);
      }
    },
    runOn: (connection, text, values, options = {}) =>
      sendOn(connection, findProfile(text), { text, values, ...options }),
  };
}

function toStatementResult({ rows, fields, command, rowCount = 0 }: WireResult): StatementResult {
  return { rows, fields, command, rowCount };
}

async function queryThroughClient(
  { client }: Connection,
  text: string,
  values: readonly unknown[],
  rowMode: RunOptions['rowMode'],
): Promise<StatementResult> {
  const config = { text, values: [...values], ...(rowMode === 'array' ? { rowMode } : {}) };
  const raw = (await client.query<object>(config).catch(async (error: unknown) => {
    await untilReady(client, error);
    throw error;
  })) as QueryResult<object> | QueryResult<object>[];
  // Several commands in one text: the last one's result stands for all.
  const result = Array.isArray(raw) ? raw.at(-1) : raw;
  return {
    rows: result?.rows ?? [],
    rowCount: result?.rowCount ?? 0,
    command: result?.command ?? '',
    fields: result?.fields ?? [],
    raw,
  };
}

/**
 * `pg` hands an error on before the server says that it is ready for more: the next statement would take that word for
 * its own answer, and whoever watches the session has not yet heard what was written before the error.
 */
async function untilReady(client: Connection['client'], error: unknown): Promise<void> {
  const isFromServer = error instanceof Error && 'severity' in error && error['severity'] === 'ERROR';
  if (!isFromServer || isClientQuiet(client)) return;
  await new Promise<void>((resolve) => {
    const events = ['drain', 'end', 'error'] as const;
    const done = (): void => {
      for (const event of events) client.removeListener(event, done);
      resolve();
    };
    for (const event of events) client.on(event, done);
  });
}

/** Errors are made where the socket is read; callers want to see where they asked. */
function withCallerStack(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error);
  return error;
}

function toCallerError(connection: Connection, error: unknown): unknown {
  if (error instanceof DatabaseError) return withCallerStack(error);
  // An error with a severity comes from the server and concerns the statement, unless it ends the session.
  const severity = error instanceof Error && 'severity' in error ? String(error.severity) : undefined;
  const endsSession = severity === 'FATAL' || severity === 'PANIC';
  if (!connection.broken && severity !== undefined && !endsSession) return withCallerStack(error);
  if (!connection.broken && !endsSession && !/terminated|connection|ECONN|EPIPE/i.test(String(error))) return error;
  return new DatabaseError('DATABASE_CONNECTION_LOST', 'The connection to PostgreSQL was lost during a statement.', {
    cause: error,
  });
}
