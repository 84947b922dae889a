import type { Clock } from '@dataguardian/telemetry';
import type { Client } from 'pg';
import type { WireObserver } from './wire-observer.ts';
import { attachWireSession, type WireSession } from './wire/wire-session.ts';

/** A client whose statements and answers are seen, whoever sends them. */
export interface WatchedClient {
  readonly session: WireSession;
  lastStatement(): string;
  isUnbounded(): boolean;
  /** To be called once the client is connected. */
  opened(): void;
  /** To be called when the client is gone; further calls do nothing. */
  lose(cause: unknown): void;
}

/** What a client is watched with. */
export interface WatchOptions {
  readonly clock: Clock;
  readonly maxPreparedStatements: number;
}

/** Must be called before the client connects. The client's `query` goes on working, and is seen. */
export function watchClient(
  client: Client,
  { clock, maxPreparedStatements }: WatchOptions,
  observers: readonly WireObserver[],
): WatchedClient {
  let lastStatement = '';
  let unbounded = false;
  let isOpen = false;
  const note = (text: string): void => {
    lastStatement = text;
    if (text.includes('statement_timeout')) unbounded = true;
  };
  const session = attachWireSession(client, { clock, observers, maxPreparedStatements, onSend: note });
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  client.query = ((...given: unknown[]) => {
    const text = toText(given[0]);
    note(text);
    session.noteClientStatement(text);
    return query(...given);
  }) as Client['query'];
  if (observers.length > 0) {
    client.on('notice', ({ message }) => {
      for (const observer of observers) observer.noticeReceived(session.wire, message ?? '');
    });
  }
  return {
    session,
    lastStatement: () => lastStatement,
    isUnbounded: () => unbounded,
    opened() {
      isOpen = true;
      for (const observer of observers) observer.opened(session.wire);
    },
    lose(cause) {
      session.lose(cause);
      if (!isOpen) return;
      isOpen = false;
      for (const observer of observers) observer.lost(session.wire);
    },
  };
}

/** The text of whatever `client.query` accepts: a string, a configuration, a cursor or another submittable. */
function toText(query: unknown): string {
  if (typeof query === 'string') return query;
  if (typeof query !== 'object' || query === null) return '';
  if ('text' in query && typeof query.text === 'string') return query.text;
  // pg-cursor and pg-query-stream keep theirs one level down.
  if ('cursor' in query) return toText(query.cursor);
  return '_text' in query ? toText({ text: query['_text'] }) : 'name' in query ? String(query.name) : '';
}
