/** How much waits and runs at once. */
export interface FairQueueLimits {
  /** Requests that run at once, over all users. */
  readonly concurrency: number;
  /** Requests of one user that run at once. */
  readonly perUserRunning: number;
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
  enter(user: string, run: () => void): FairQueueTicket | FairQueueRefusal;
  /** Changes how many run at once over all users. */
  resize(concurrency: number): void;
  readonly running: number;
  readonly waiting: number;
  /** Users with something running, waiting or owed. */
  readonly users: number;
}

interface Account {
  readonly user: string;
  readonly waiting: Set<() => void>;
  running: number;
  /** What is left to spend; below 0 the user pays it off in later rounds. */
  creditMs: number;
}

/**
 * A user in debt is passed over until the rounds have paid it off; when everybody who waits is in debt, rounds pass
 * at once, so that no capacity is left idle. After Shreedhar and Varghese, "Efficient Fair Queuing Using Deficit
 * Round Robin" (1995), charging measured cost afterwards because it is not known before.
 */
export function createFairQueue(limits: FairQueueLimits): FairQueue {
  const accounts = new Map<string, Account>();
  /** Users with something waiting, next one first. */
  const ring = new Set<Account>();
  let running = 0;
  let waiting = 0;
  let concurrency = limits.concurrency;

  const canRun = (account: Account): boolean =>
    running < concurrency && account.running < limits.perUserRunning && account.waiting.size > 0;

  const settle = (account: Account): void => {
    if (account.running === 0 && account.waiting.size === 0) accounts.delete(account.user);
  };

  const start = (account: Account): void => {
    const [run] = account.waiting;
    if (run === undefined) return;
    account.waiting.delete(run);
    waiting -= 1;
    account.running += 1;
    running += 1;
    ring.delete(account);
    if (account.waiting.size > 0) ring.add(account);
    run();
  };

  const next = (): Account | undefined => {
    if (waiting === 0 || running >= concurrency) return undefined;
    const ready = [...ring].filter(canRun);
    const solvent = ready.find(({ creditMs }) => creditMs > 0);
    if (solvent !== undefined || ready.length === 0) return solvent;
    const rounds = Math.min(...ready.map(({ creditMs }) => Math.floor(-creditMs / limits.quantumMs) + 1));
    for (const account of ready)
      account.creditMs = Math.min(limits.quantumMs, account.creditMs + rounds * limits.quantumMs);
    return ready.find(({ creditMs }) => creditMs > 0);
  };

  const dispatch = (): void => {
    for (let account = next(); account !== undefined; account = next()) start(account);
  };

  return {
    enter(user, run) {
      let account = accounts.get(user);
      if (account !== undefined && account.waiting.size >= limits.perUserWaiting) return 'user-queue-full';
      if (waiting >= limits.totalWaiting) return 'queue-full';
      if (account === undefined) {
        account = { user, waiting: new Set(), running: 0, creditMs: limits.quantumMs };
        accounts.set(user, account);
      }
      const owner = account;
      const isFree = waiting === 0 && running < concurrency && owner.running < limits.perUserRunning;
      let state: 'waiting' | 'running' | 'released' = 'waiting';
      const begin = (): void => {
        state = 'running';
        run();
      };
      if (isFree) {
        // Nobody waits, so nobody is passed over, and debts are settled as the round would settle them.
        if (owner.creditMs <= 0) owner.creditMs = limits.quantumMs + (owner.creditMs % limits.quantumMs);
        owner.running += 1;
        running += 1;
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
            owner.running -= 1;
            running -= 1;
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
  };
}
