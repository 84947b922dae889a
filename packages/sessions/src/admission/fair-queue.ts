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
  /** Requests that wait over all users; more are refused. */
  readonly totalWaiting: number;
  /** What a user may spend per round, in milliseconds of measured work. */
  readonly quantumMs: number;
}

/** Why a request was refused. */
export type FairQueueRefusal = 'user-queue-full' | 'queue-full';

/** A place in the queue. */
export interface FairQueueTicket {
  /** Leaves the queue or gives the place back, and charges what the work cost. Doing it twice changes nothing. */
  release(costMs: number): void;
}

/** Deficit round robin over users: who used more waits longer, whatever the number of their requests. */
export interface FairQueue {
  /** Calls `run` at once or later; answers a refusal instead of a ticket when too much waits. */
  enter(user: string, run: () => void, organisation?: string): FairQueueTicket | FairQueueRefusal;
  /** Changes how many run at once over all users. */
  resize(concurrency: number): void;
  readonly running: number;
  readonly waiting: number;
  /** Users with something running, waiting or owed. */
  readonly users: number;
  /** Users with something waiting: a newcomer waits for about one request of each. */
  readonly usersWaiting: number;
  /** Requests of this user that wait. */
  waitingOf(user: string): number;
}

interface Account {
  readonly user: string;
  readonly waiting: Set<() => void>;
  running: number;
  readonly organisation: string | undefined;
  /** What is left to spend; below 0 the user pays it off in later rounds. */
  creditMs: number;
}

/**
 * A user in debt is passed over until the rounds have paid it off; when everybody who waits is in debt, rounds pass
 * at once, so that no capacity is left idle. After Shreedhar and Varghese, "Efficient Fair Queuing Using Deficit
 * Round Robin" (1995), charging measured cost afterwards because it is not known before.
 * @param gate Says whether more may start in this turn of the event loop. @defaultValue always
 */
export function createFairQueue(limits: FairQueueLimits, gate: TurnGate = openGate): FairQueue {
  const accounts = new Map<string, Account>();
  /** Users with something waiting, next one first. */
  const ring = new Set<Account>();
  /** Running requests of each organisation that has some. */
  const organisations = new Map<string, number>();
  let running = 0;
  let waiting = 0;
  let concurrency = limits.concurrency;

  const hasRoom = ({ organisation }: Account): boolean =>
    limits.perOrganisationRunning === undefined ||
    organisation === undefined ||
    (organisations.get(organisation) ?? 0) < limits.perOrganisationRunning;

  const canRun = (account: Account): boolean =>
    running < concurrency && account.running < limits.perUserRunning && account.waiting.size > 0 && hasRoom(account);

  const count = (account: Account, change: 1 | -1): void => {
    account.running += change;
    running += change;
    const { organisation } = account;
    if (organisation === undefined) return;
    const sum = (organisations.get(organisation) ?? 0) + change;
    if (sum === 0) organisations.delete(organisation);
    else organisations.set(organisation, sum);
  };

  const settle = (account: Account): void => {
    if (account.running === 0 && account.waiting.size === 0) accounts.delete(account.user);
  };

  const start = (account: Account): void => {
    const [run] = account.waiting;
    if (run === undefined) return;
    account.waiting.delete(run);
    waiting -= 1;
    count(account, 1);
    ring.delete(account);
    if (account.waiting.size > 0) ring.add(account);
    run();
  };

  /** The first who may run and has credit; when all who may run are in debt, rounds pass until one has. */
  const next = (): Account | undefined => {
    if (waiting === 0 || running >= concurrency) return undefined;
    let leastInDebt: Account | undefined;
    for (const account of ring) {
      if (!canRun(account)) continue;
      if (account.creditMs > 0) return account;
      if (leastInDebt === undefined || account.creditMs > leastInDebt.creditMs) leastInDebt = account;
    }
    if (leastInDebt === undefined) return undefined;
    const rounds = Math.floor(-leastInDebt.creditMs / limits.quantumMs) + 1;
    for (const account of ring)
      if (canRun(account)) account.creditMs = Math.min(limits.quantumMs, account.creditMs + rounds * limits.quantumMs);
    return leastInDebt;
  };

  const dispatch = (): void => {
    while (waiting > 0 && running < concurrency) {
      if (!gate.isOpen()) {
        gate.onNextTurn(dispatch);
        return;
      }
      const account = next();
      if (account === undefined) return;
      start(account);
    }
  };

  return {
    enter(user, run, organisation) {
      let account = accounts.get(user);
      if (account !== undefined && account.waiting.size >= limits.perUserWaiting) return 'user-queue-full';
      if (waiting >= limits.totalWaiting) return 'queue-full';
      if (account === undefined) {
        account = { user, organisation, waiting: new Set(), running: 0, creditMs: limits.quantumMs };
        accounts.set(user, account);
      }
      const owner = account;
      const isFree =
        waiting === 0 &&
        running < concurrency &&
        owner.running < limits.perUserRunning &&
        hasRoom(owner) &&
        gate.isOpen();
      let state: 'waiting' | 'running' | 'released' = 'waiting';
      const begin = (): void => {
        state = 'running';
        run();
      };
      if (isFree) {
        // Nobody waits, so nobody is passed over, and debts are settled as the round would settle them.
        if (owner.creditMs <= 0) owner.creditMs = limits.quantumMs + (owner.creditMs % limits.quantumMs);
        count(owner, 1);
        begin();
      } else {
        owner.waiting.add(begin);
        waiting += 1;
        ring.add(owner);
        dispatch();
      }
      return {
        release(costMs) {
          if (state === 'waiting') {
            owner.waiting.delete(begin);
            waiting -= 1;
            if (owner.waiting.size === 0) ring.delete(owner);
          } else if (state === 'running') {
            count(owner, -1);
            owner.creditMs -= costMs;
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
      return ring.size;
    },
    waitingOf: (user) => accounts.get(user)?.waiting.size ?? 0,
  };
}
