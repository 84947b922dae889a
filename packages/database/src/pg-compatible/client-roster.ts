import type { Clock } from '@dataguardian/telemetry';
import { watchClient } from '../watched-client.ts';
import type { WireObserver } from '../wire-observer.ts';
import { addStartupSettings, hasInternals } from '../wire/pg-client.ts';
import type { ResolvedPgConfig } from './pg-config.ts';
import { isGoing, type PendingConnect, type PooledClient, type PoolMember } from './pool-member.ts';

/** What a roster tells and asks of the pool it belongs to. */
export interface RosterWorld {
  readonly options: ResolvedPgConfig;
  readonly clock: Clock;
  readonly observers: readonly WireObserver[];
  readonly Promise: PromiseConstructor;
  createClient(): PooledClient;
  emit(event: 'connect' | 'acquire' | 'release' | 'remove' | 'error', ...details: unknown[]): void;
  log(...messages: unknown[]): void;
}

/** The clients of a pool: opens, lends, takes back and ends them by the rules of `pg.Pool`. */
export interface ClientRoster {
  readonly members: readonly PoolMember[];
  readonly idleCount: number;
  readonly waitingCount: number;
  isFull(): boolean;
  /** Whether somebody waits for a client of his own. */
  isAwaited(): boolean;
  /** Asks for a client; `settle` never runs in the caller's own turn, unless the client's `connect` does. */
  request(settle: PendingConnect['settle'], options: { readonly forSharing: boolean }): void;
  /** The member idle for the shortest time, which is then somebody's. */
  takeIdle(): PoolMember | undefined;
  /** A member is nobody's any more. */
  putBack(member: PoolMember, options: { readonly isBad: boolean }): void;
  /** Ends idle members now and the others as they come back. */
  end(onEnded: () => void): void;
}

const nothing = (): void => undefined;

export function createClientRoster(world: RosterWorld): ClientRoster {
  const { options, clock, observers, emit, log } = world;
  const timeoutMs = options.connectionTimeoutMillis ?? 0;
  let members: PoolMember[] = [];
  let idle: PoolMember[] = [];
  let pending: PendingConnect[] = [];
  let onEnded: (() => void) | undefined;

  const isFull = (): boolean => members.length >= options.max;
  const isAboveMin = (): boolean => members.length > options.min;

  const request: ClientRoster['request'] = (settle, { forSharing }) => {
    const asked: PendingConnect = { settle, forSharing, timer: undefined, timedOut: false };
    if (idle.length === 0 && !isFull()) {
      open(asked);
      return;
    }
    if (idle.length > 0) process.nextTick(pulse);
    if (timeoutMs > 0) {
      asked.timer = clock.schedule(timeoutMs, () => {
        pending = pending.filter((other) => other !== asked);
        asked.timedOut = true;
        settle(new Error('timeout exceeded when trying to connect'), undefined);
      });
    }
    pending.push(asked);
  };

  const takeIdle = (): PoolMember | undefined => {
    const member = idle.pop();
    if (member === undefined) return undefined;
    member.idleTimer?.cancel();
    member.client.ref?.();
    member.client.removeListener('error', member.onIdleError);
    return member;
  };

  const pulse = (): void => {
    log('pulse queue');
    if (onEnded !== undefined) {
      for (const member of idle.slice()) remove(member);
      if (members.length > 0) return;
      const ended = onEnded;
      onEnded = nothing;
      ended();
      return;
    }
    if (pending.length === 0 || (idle.length === 0 && isFull())) return;
    const next = pending.shift();
    if (next === undefined) return;
    const member = takeIdle();
    if (member === undefined) open(next);
    else hand(member, next, { isNew: false });
  };

  const toMember = (client: PooledClient): { member: PoolMember; opened: () => void } => {
    const { maxPreparedStatements } = options;
    // Without them its writes would be told like a stranger's, a moment after their acknowledgement.
    if (hasInternals(client)) for (const { startupSettings } of observers) addStartupSettings(client, startupSettings);
    const watched = hasInternals(client) ? watchClient(client, { clock, maxPreparedStatements }, observers) : undefined;
    const member: PoolMember = {
      client,
      session: watched?.session,
      onIdleError(error) {
        // It is on its way out already; what happens to it is no news.
        if (!members.includes(member)) return;
        error.client = client;
        client.removeListener('error', member.onIdleError);
        client.on('error', () => log('additional client error after disconnection due to error', error));
        remove(member);
        emit('error', error, client);
      },
      idleTimer: undefined,
      expired: false,
      useCount: 0,
      sharedCount: 0,
      failure: undefined,
    };
    if (watched !== undefined) client.once('end', () => watched.lose(undefined));
    return { member, opened: () => watched?.opened() };
  };

  const open = (asked: PendingConnect): void => {
    const client = world.createClient();
    const { member, opened } = toMember(client);
    members.push(member);
    let timedOut = false;
    const giveUp = (): void => {
      timedOut = takeDown(client);
      if (timedOut) log('ending client due to timeout');
    };
    const timer = timeoutMs > 0 ? clock.schedule(timeoutMs, giveUp) : undefined;
    const fail = (error: Error): void => {
      members = members.filter((other) => other !== member);
      pulse();
      if (!asked.timedOut) settle(asked, error, undefined);
    };
    log('connecting new client');
    client.connect((error?: Error | null) => {
      timer?.cancel();
      client.on('error', member.onIdleError);
      if (error !== undefined && error !== null) {
        log('client failed to connect', error);
        fail(timedOut ? new Error('Connection terminated due to connection timeout', { cause: error }) : error);
        return;
      }
      log('new client connected');
      opened();
      introduce(member, asked, fail);
    });
  };

  const introduce = (member: PoolMember, asked: PendingConnect, fail: (error: Error) => void): void => {
    const { client } = member;
    const { onConnect } = options;
    if (onConnect === undefined) {
      welcome(member, asked);
      return;
    }
    new world.Promise<void>((resolve) => {
      resolve(onConnect(client));
    }).then(
      () => welcome(member, asked),
      (refusal: Error) => {
        members = members.filter((other) => other !== member);
        client.end(() => fail(refusal));
      },
    );
  };

  const welcome = (member: PoolMember, asked: PendingConnect): void => {
    const { maxLifetimeSeconds = 0 } = options;
    if (maxLifetimeSeconds > 0) {
      const timer = clock.schedule(maxLifetimeSeconds * 1_000, () => {
        log('ending client due to expired lifetime');
        member.expired = true;
        if (idle.includes(member)) remove(member, pulse);
      });
      member.client.once('end', () => timer.cancel());
    }
    hand(member, asked, { isNew: true });
  };

  const hand = (member: PoolMember, asked: PendingConnect, { isNew }: { readonly isNew: boolean }): void => {
    const { client } = member;
    if (isNew) emit('connect', client);
    if (!asked.forSharing) emit('acquire', client);
    let released = false;
    client.release = (destroy) => {
      if (released) throw new Error('Release called on client which has already been released to the pool.');
      released = true;
      emit('release', destroy, client);
      putBack(member, { isBad: Boolean(destroy) });
    };
    client.removeListener('error', member.onIdleError);
    const { verify } = options;
    if (!isNew || verify === undefined) {
      settle(asked, undefined, member);
      return;
    }
    verify(client, (error) => {
      if (error === undefined || error === null) {
        settle(asked, undefined, member);
        return;
      }
      client.release(error);
      if (!asked.timedOut) settle(asked, error, undefined);
    });
  };

  const settle = (asked: PendingConnect, error: Error | undefined, member: PoolMember | undefined): void => {
    asked.timer?.cancel();
    if (!asked.timedOut) asked.settle(error, member);
    else member?.client.release();
  };

  const putBack: ClientRoster['putBack'] = (member, { isBad }) => {
    const { client } = member;
    client.on('error', member.onIdleError);
    member.useCount += 1;
    const isSpent = member.useCount >= options.maxUses;
    if (isSpent) log('remove expended client');
    if (member.expired) log('remove expired client');
    if (isBad || isSpent || member.expired || onEnded !== undefined || isGoing(member)) {
      remove(member, pulse);
      return;
    }
    if (options.idleTimeoutMillis > 0 && isAboveMin()) {
      member.idleTimer = clock.schedule(options.idleTimeoutMillis, () => {
        if (!isAboveMin()) return;
        log('remove idle client');
        remove(member, pulse);
      });
    }
    if (options.allowExitOnIdle === true) client.unref?.();
    idle.push(member);
    pulse();
  };

  const remove = (member: PoolMember, done: () => void = nothing): void => {
    member.idleTimer?.cancel();
    idle = idle.filter((other) => other !== member);
    members = members.filter((other) => other !== member);
    member.client.end(() => {
      emit('remove', member.client);
      done();
    });
  };

  return {
    get members() {
      return members;
    },
    get idleCount() {
      return idle.length;
    },
    get waitingCount() {
      return pending.length;
    },
    isFull,
    isAwaited: () => pending.some(({ forSharing }) => !forSharing),
    request,
    takeIdle,
    putBack,
    end(ended) {
      onEnded = ended;
      pulse();
    },
  };
}

/** Ends a connection attempt; false when the client has connected meanwhile. */
function takeDown(client: PooledClient): boolean {
  const { connection, isConnected } = client as unknown as {
    readonly connection?: { readonly stream: { destroy(): void } };
    readonly isConnected?: () => boolean;
  };
  if (connection !== undefined) connection.stream.destroy();
  else if (isConnected?.call(client) === false) client.end(nothing);
  else return false;
  return true;
}
