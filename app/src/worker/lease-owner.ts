import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** The process that holds a lease. */
export interface LeaseOwner {
  readonly host: string;
  readonly pid: number;
  /** Tells this start of the process from an earlier one with the same number. */
  readonly start: string;
}

/** This process, as it signs its leases. */
export function currentLeaseOwner(): LeaseOwner {
  return { host: hostname(), pid: process.pid, start: randomUUID().slice(0, 8) };
}

/** The owner as the database keeps it. */
export function formatLeaseOwner({ host, pid, start }: LeaseOwner): string {
  return `${host}|${pid}|${start}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another account.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether `owner` certainly works no more: a process of `self`'s machine that is gone, or an earlier life of its number. */
export function isDeadOwner(owner: string, self: LeaseOwner): boolean {
  const [host, pidText, start] = owner.split('|');
  const pid = Number(pidText);
  if (host !== self.host || !Number.isSafeInteger(pid)) return false;
  // Several workers of one process share its number and are told apart by `start`; they end with the process.
  if (pid === self.pid) return start !== self.start && !livingStarts.has(String(start));
  return !isAlive(pid);
}

/** Starts of workers inside this process, so that one of them does not bury another. */
export const livingStarts: Set<string> = new Set();
