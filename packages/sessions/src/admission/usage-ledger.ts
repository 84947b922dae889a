import type { Clock } from '@dataguardian/telemetry';

/** What a user or an organisation may use up; a minute's worth at once, refilled evenly. Absent ones do not bound. */
export interface ResourceBudgets {
  /** Time on the event loop, in milliseconds per minute. */
  readonly perUserBusyMsPerMinute?: number;
  readonly perOrganisationBusyMsPerMinute?: number;
  /** Bytes read and written, per minute. */
  readonly perUserBytesPerMinute?: number;
  readonly perOrganisationBytesPerMinute?: number;
}

/** Whose requests they are. */
export interface Consumer {
  readonly user: string;
  readonly organisation: string | undefined;
}

/** What one request used. */
export interface Cost {
  /** Time on the event loop. */
  readonly busyMs: number;
  readonly bytes: number;
}

/** What one user has used since the ledger knows that user. */
export interface UserConsumption extends Cost {
  readonly user: string;
  readonly requests: number;
}

/** Adds up what everybody uses, and says who has used up a budget. */
export interface UsageLedger {
  /** How long until the consumer has budget again, in milliseconds; 0 when it has. */
  waitMs(consumer: Consumer): number;
  charge(consumer: Consumer, cost: Cost): void;
  /** Those who used the loop most, heaviest first. Looks at everybody it knows. */
  heaviest(count: number): readonly UserConsumption[];
}

interface Account {
  requests: number;
  busyMs: number;
  bytes: number;
  /** Used and not refilled yet. */
  owedBusyMs: number;
  owedBytes: number;
  at: number;
}

const MINUTE = 60_000;
const CAPACITY = 10_000;

/** Creates a ledger of at most 10,000 users and as many organisations: whoever was served longest ago is left out. */
export function createUsageLedger(budgets: ResourceBudgets, clock: Pick<Clock, 'monotonic'>): UsageLedger {
  const users = new Map<string, Account>();
  const organisations = new Map<string, Account>();
  const ofUser = { busyMs: budgets.perUserBusyMsPerMinute, bytes: budgets.perUserBytesPerMinute };
  const ofOrganisation = {
    busyMs: budgets.perOrganisationBusyMsPerMinute,
    bytes: budgets.perOrganisationBytesPerMinute,
  };

  const refill = (account: Account, budget: typeof ofUser): void => {
    const minutes = (clock.monotonic() - account.at) / MINUTE;
    account.at = clock.monotonic();
    account.owedBusyMs = Math.max(0, account.owedBusyMs - (budget.busyMs ?? 0) * minutes);
    account.owedBytes = Math.max(0, account.owedBytes - (budget.bytes ?? 0) * minutes);
  };
  const waitOf = (account: Account | undefined, budget: typeof ofUser): number => {
    if (account === undefined) return 0;
    refill(account, budget);
    return (
      Math.max(minutesOver(account.owedBusyMs, budget.busyMs), minutesOver(account.owedBytes, budget.bytes)) * MINUTE
    );
  };
  const add = (accounts: Map<string, Account>, name: string, { busyMs, bytes }: Cost, budget: typeof ofUser): void => {
    const account = accounts.get(name) ?? {
      requests: 0,
      busyMs: 0,
      bytes: 0,
      owedBusyMs: 0,
      owedBytes: 0,
      at: clock.monotonic(),
    };
    refill(account, budget);
    account.requests += 1;
    account.busyMs += busyMs;
    account.bytes += bytes;
    if (budget.busyMs !== undefined) account.owedBusyMs += busyMs;
    if (budget.bytes !== undefined) account.owedBytes += bytes;
    accounts.delete(name);
    accounts.set(name, account);
    if (accounts.size <= CAPACITY) return;
    const [oldest] = accounts.keys();
    if (oldest !== undefined) accounts.delete(oldest);
  };

  return {
    waitMs: ({ user, organisation }) =>
      Math.max(
        waitOf(users.get(user), ofUser),
        organisation === undefined ? 0 : waitOf(organisations.get(organisation), ofOrganisation),
      ),
    charge({ user, organisation }, cost) {
      add(users, user, cost, ofUser);
      if (organisation !== undefined) add(organisations, organisation, cost, ofOrganisation);
    },
    heaviest: (count) =>
      [...users]
        .map(([user, { requests, busyMs, bytes }]) => ({ user, requests, busyMs, bytes }))
        .toSorted((a, b) => b.busyMs - a.busyMs)
        .slice(0, count),
  };
}

/** How many minutes' worth of refill is missing; a budget that is used up to the last bit has one more bit to wait. */
function minutesOver(owed: number, budget: number | undefined): number {
  return budget === undefined || owed < budget ? 0 : Math.max((owed - budget) / budget, Number.EPSILON);
}
