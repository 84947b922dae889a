import type { EndJournal } from './end-journal.ts';
import type { SessionRecord } from './session-record.ts';
import type { EndCondition } from './session-table.ts';

/** Sign-outs the database has not heard of yet. They hold in this process meanwhile, and after its restart. */
export interface PendingEnds {
  /** Expiry is left out: the next sweep finds it again. */
  add(condition: EndCondition): void;
  has(condition: EndCondition): boolean;
  covers(record: SessionRecord): boolean;
  /** Tries each again, oldest first; the first failure ends the attempt and keeps the rest. */
  settle(end: (condition: EndCondition) => Promise<unknown>): Promise<void>;
}

/** Begins with what the journal holds. @throws the error of a journal that cannot be read. */
export function createPendingEnds(journal: EndJournal): PendingEnds {
  const pending = new Set<EndCondition>(journal.read());
  return {
    add(condition) {
      if (condition.kind === 'expired') return;
      pending.add(condition);
      journal.append(condition);
    },
    has: (condition) => pending.has(condition),
    covers(record) {
      for (const condition of pending) if (isCovered(condition, record)) return true;
      return false;
    },
    async settle(end) {
      if (pending.size === 0) return;
      try {
        for (const condition of pending) {
          await end(condition);
          pending.delete(condition);
        }
      } finally {
        journal.rewrite([...pending]);
      }
    },
  };
}

function isCovered(condition: EndCondition, record: SessionRecord): boolean {
  switch (condition.kind) {
    case 'handle':
      return (
        condition.handle === record.handle && (condition.userId === undefined || condition.userId === record.userId)
      );
    case 'user':
      return (
        condition.userId === record.userId &&
        condition.exceptHandle !== record.handle &&
        record.createdAt <= condition.startedBy
      );
    case 'organisation':
      return (
        condition.organisationId === record.organisationId &&
        condition.exceptHandle !== record.handle &&
        record.createdAt <= condition.startedBy
      );
    case 'all':
      return condition.exceptHandle !== record.handle && record.createdAt <= condition.startedBy;
    case 'expired':
      return false;
  }
}
