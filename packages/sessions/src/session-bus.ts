import { randomUUID } from 'node:crypto';
import type { Clock } from '@dataguardian/telemetry';
import type { SessionDatabase } from './session-database.ts';
import { SESSIONS_CHANNEL } from './session-table.ts';

/** What the bus is made of, and who hears it. */
export interface SessionBusOptions {
  readonly database: SessionDatabase;
  readonly clock: Clock;
  /** Four signs of life are sent in this time. */
  readonly leaseMs: number;
  readonly onEnded: (handle: string) => void;
  /** Data was written elsewhere, and has this version now. */
  readonly onChanged: (handle: string, version: number) => void;
}

/** Hears of what other nodes end and change, and knows for how long it has missed nothing. */
export interface SessionBus {
  /**
   * Until when (monotonic milliseconds) what was confirmed at `confirmedAt` is known to be right still: while no message
   * can have been lost, silence is knowledge.
   */
  rightUntil(confirmedAt: number): number;
  close(): Promise<void>;
}

const RELISTEN_MS = 1_000;
const BEATS_PER_LEASE = 4;

/**
 * Messages come over one connection in the order of their commits. A sign of life that was sent and heard again proves
 * that everything before it was heard, too; a lost connection ends the proof.
 */
export function createSessionBus({ database, clock, leaseMs, onEnded, onChanged }: SessionBusOptions): SessionBus {
  const self = randomUUID();
  const sent = new Map<number, number>();
  let beat = 0;
  let unbrokenSince = Number.POSITIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  let closed = false;
  let stop: (() => Promise<void>) | undefined;

  const begin = (): void => {
    unbrokenSince = clock.monotonic();
    heardAt = Number.NEGATIVE_INFINITY;
    sent.clear();
  };

  const onPayload = (payload: string): void => {
    const [kind, subject = '', detail = ''] = payload.split(' ');
    if (kind === 'changed') onChanged(subject, Number(detail));
    else if (kind !== 'alive') onEnded(payload);
    else if (subject === self) {
      heardAt = sent.get(Number(detail)) ?? heardAt;
      for (const number of sent.keys()) if (number <= Number(detail)) sent.delete(number);
    }
  };

  const listen = async (): Promise<void> => {
    try {
      stop = await database.listen?.(SESSIONS_CHANNEL, { onPayload, onGap: begin });
      if (closed) await stop?.();
      else if (stop !== undefined) begin();
    } catch {
      // Until the channel is open, the lease bounds how long an ended session is served here.
      if (!closed) clock.schedule(RELISTEN_MS, () => void listen());
    }
  };

  const sendBeat = async (): Promise<void> => {
    if (unbrokenSince === Number.POSITIVE_INFINITY) return;
    beat += 1;
    sent.set(beat, clock.monotonic());
    await database.query('select pg_notify($1, $2)', [SESSIONS_CHANNEL, `alive ${self} ${beat}`]);
  };

  void listen();
  const timer = clock.repeat(leaseMs / BEATS_PER_LEASE, () => void sendBeat().catch(() => undefined));
  return {
    rightUntil: (confirmedAt) => (confirmedAt > unbrokenSince ? Math.max(confirmedAt, heardAt) : confirmedAt),
    async close() {
      closed = true;
      timer.cancel();
      await stop?.().catch(() => undefined);
    },
  };
}
