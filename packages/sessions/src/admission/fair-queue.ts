import { nextByDeficit, payDebt, type Share } from './deficit-round.ts';
import { openGate, type TurnGate } from './turn-gate.ts';

/** How much waits and runs at once. */
export interface FairQueueLimits {
  /** Requests that run at once, over all users. */
  readonly concurrency: number;
  /** Requests of one user that run at once. */
  readonly perUserRunning: number;
  /** Requests of one organisation that run at once. @defaultValue as many as run over all users */
  readonly perOrganisationRunning?: number;
  /** Requests of one user that wait; more are refused. */
  readonly perUserWaiting: number;
  /** Requests of one organisation that wait; more are refused. @defaultValue `totalWaiting` */
  readonly perOrganisationWaiting?: number;
  /** Requests that wait over all users; more are refused. */
  readonly totalWaiting: number;
  /** What a user may spend per round, in milliseconds of measured work; and an organisation of weight 1. */
  readonly quantumMs: number;
  /**
   * How many shares an organisation has among those that wait; it is asked when the first of its requests comes.
   * @defaultValue 1 each
   */
  readonly weightOf?: (organisation: string) => number;
}

/** Why a request was refused. */
export type FairQueueRefusal = 'user-queue-full' | 'organisation-queue-full' | 'queue-full';

/** A place in the queue. */
export interface FairQueueTicket {
  /** Leaves the queue or gives the place back, and charges what the work cost. Doing it twice changes nothing. */
  release(costMs: number): void;
}

/**
 * Deficit round robin over organisations, and over the users inside each: who used more waits longer, whatever the
 * number of their requests, and an organisation whatever the number of its people. Users without an organisation share
 * one turn.
 */
export interface FairQueue {
  /** Calls `run` at once or later; answers a refusal instead of a ticket when too much waits. */
  enter(user: string, run: () => void, organisation?: string): FairQueueTicket | FairQueueRefusal;
  /** Changes how many run at once over all users. */
  resize(concurrency: number): void;
  readonly running: number;
  readonly waiting: number;
  /** Users with something running, waiting or owed. */
  readonly users: number;
  /** Users with something waiting. */
  readonly usersWaiting: number;
  /** Requests that run before a newcomer of that organisation: about one of each user whose turn comes before. */
  aheadOf(organisation?: string): number;
  /** Requests of this user that wait. */
  waitingOf(user: string): number;
}

interface Account extends Share {
  readonly user: string;
  readonly waiting: Set<() => void>;
  readonly organisation: Organisation;
  running: number;
}

interface Organisation extends Share {
  readonly name: string | undefined;
  /** Its users with something waiting, next one first. */
  readonly ring: Set<Account>;
  readonly weight: number;
  running: number;
  waiting: number;
  accounts: number;
}

/** @param gate Says whether more may start in this turn of the event loop. @defaultValue always */
export function createFairQueue(limits: FairQueueLimits, gate: TurnGate = openGate): FairQueue {
  const accounts = new Map<string, Account>();
  const organisations = new Map<string | undefined, Organisation>();
  /** Organisations with something waiting, next one first. */
  const ring = new Set<Organisation>();
  let running = 0;
  let waiting = 0;
  let usersWaiting = 0;
  let concurrency = limits.concurrency;

  const hasRoom = ({ name, running: own }: Organisation): boolean =>
    limits.perOrganisationRunning === undefined || name === undefined || own < limits.perOrganisationRunning;
  const isFull = (organisation: Organisation | undefined): boolean =>
    organisation?.name !== undefined &&
    limits.perOrganisationWaiting !== undefined &&
    organisation.waiting >= limits.perOrganisationWaiting;
  const canRun = (account: Account): boolean => account.running < limits.perUserRunning && account.waiting.size > 0;
  const canServe = (organisation: Organisation): boolean => {
    if (!hasRoom(organisation)) return false;
    for (const account of organisation.ring) if (canRun(account)) return true;
    return false;
  };

  const count = (account: Account, change: 1 | -1): void => {
    account.running += change;
    account.organisation.running += change;
    running += change;
  };

  const openAccount = (user: string, name: string | undefined): Account => {
    let organisation = organisations.get(name);
    if (organisation === undefined) {
      const weight = name === undefined ? 1 : Math.max(Number.MIN_VALUE, limits.weightOf?.(name) ?? 1);
      const quantumMs = limits.quantumMs * weight;
      organisation = {
        name,
        ring: new Set(),
        weight,
        quantumMs,
        creditMs: quantumMs,
        running: 0,
        waiting: 0,
        accounts: 0,
      };
      organisations.set(name, organisation);
    }
    organisation.accounts += 1;
    const { quantumMs } = limits;
    const account = { user, organisation, waiting: new Set<() => void>(), running: 0, quantumMs, creditMs: quantumMs };
    accounts.set(user, account);
    return account;
  };
  const settle = (account: Account): void => {
    if (account.running > 0 || account.waiting.size > 0) return;
    accounts.delete(account.user);
    const { organisation } = account;
    organisation.accounts -= 1;
    if (organisation.accounts === 0) organisations.delete(organisation.name);
  };

  const wait = (account: Account, begin: () => void): void => {
    account.waiting.add(begin);
    account.organisation.waiting += 1;
    waiting += 1;
    if (account.waiting.size === 1) usersWaiting += 1;
    account.organisation.ring.add(account);
    ring.add(account.organisation);
  };
  const leave = (account: Account, begin: () => void): void => {
    const { organisation } = account;
    account.waiting.delete(begin);
    organisation.waiting -= 1;
    waiting -= 1;
    if (account.waiting.size > 0) return;
    usersWaiting -= 1;
    organisation.ring.delete(account);
    if (organisation.ring.size === 0) ring.delete(organisation);
  };

  const start = (account: Account): void => {
    const [begin] = account.waiting;
    if (begin === undefined) return;
    const { organisation } = account;
    leave(account, begin);
    count(account, 1);
    // To the end of both rings.
    if (organisation.ring.delete(account)) organisation.ring.add(account);
    if (ring.delete(organisation)) ring.add(organisation);
    gate.run(begin);
  };

  const dispatch = (): void => {
    while (waiting > 0 && running < concurrency) {
      if (!gate.isOpen()) {
        gate.onNextTurn(dispatch);
        return;
      }
      const organisation = nextByDeficit(ring, canServe);
      const account = organisation && nextByDeficit(organisation.ring, canRun);
      if (account === undefined) return;
      start(account);
    }
  };

  return {
    enter(user, run, name) {
      const known = accounts.get(user);
      if (known !== undefined && known.waiting.size >= limits.perUserWaiting) return 'user-queue-full';
      if (isFull(organisations.get(name))) return 'organisation-queue-full';
      if (waiting >= limits.totalWaiting) return 'queue-full';
      const owner = known ?? openAccount(user, name);
      const { organisation } = owner;
      const isFree =
        waiting === 0 &&
        running < concurrency &&
        owner.running < limits.perUserRunning &&
        hasRoom(organisation) &&
        gate.isOpen();
      let state: 'waiting' | 'running' | 'released' = 'waiting';
      const begin = (): void => {
        state = 'running';
        run();
      };
      if (isFree) {
        // Nobody waits, so nobody is passed over.
        payDebt(owner);
        payDebt(organisation);
        count(owner, 1);
        gate.run(begin);
      } else {
        wait(owner, begin);
        dispatch();
      }
      return {
        release(costMs) {
          if (state === 'waiting') leave(owner, begin);
          else if (state === 'running') {
            count(owner, -1);
            owner.creditMs -= costMs;
            organisation.creditMs -= costMs;
          } else return;
          state = 'released';
          settle(owner);
          dispatch();
        },
      };
    },
    resize(size) {
      concurrency = size;
      dispatch();
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    get users() {
      return accounts.size;
    },
    get usersWaiting() {
      return usersWaiting;
    },
    aheadOf(name) {
      const own = organisations.get(name);
      const rounds = (own?.ring.size ?? 0) + 1;
      const weight = own?.weight ?? 1;
      let ahead = own?.ring.size ?? 0;
      // While the newcomer's organisation has its turns, the others have theirs, as long as something of them waits.
      for (const organisation of ring)
        if (organisation !== own)
          ahead += Math.min(organisation.waiting, Math.ceil((rounds * organisation.weight) / weight));
      return ahead;
    },
    waitingOf: (user) => accounts.get(user)?.waiting.size ?? 0,
  };
}
