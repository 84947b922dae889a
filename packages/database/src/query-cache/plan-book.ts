import type { Classification, Classifier } from './classifier.ts';
import type { CacheEntry } from './cached-reads.ts';
import { createSieve, type SieveItem } from './sieve.ts';
import type { StatementResult } from '../statement-runner.ts';

/** What is known of one text, and the answers that are kept for it. */
export interface Plan extends SieveItem {
  readonly text: string;
  /** Names of the settings under which it runs; `undefined` for a plain statement. */
  readonly settings: readonly string[] | undefined;
  /** `undefined` until the text was read, and again after the schema changed. */
  classification: Classification | undefined;
  reading: Promise<Classification | undefined> | undefined;
  /** By parameters. */
  readonly entries: Map<string, CacheEntry>;
  /** Reads under way, by parameters. */
  readonly reads: Map<string, ReadsUnderWay>;
}

/** Reads of one key that are under way at the same time. */
export interface ReadsUnderWay {
  count: number;
  /** When, in the order of reads, the latest one was answered. */
  answeredAt: number;
  /** The read that others with the same counters may join. */
  shared: SharedRead | undefined;
}

/** A read whose answer several callers take. */
export interface SharedRead {
  readonly sentAt: number;
  readonly isCurrent: () => boolean;
  /** Resolves with rows of the caller's own, or undefined when they cannot be copied. */
  readonly answer: () => Promise<StatementResult | undefined>;
}

/** Remembers texts, bounded, and reads them in the background. */
export interface PlanBook {
  /** The plan of a text; a new one is read soon. */
  open(text: string, settings?: readonly string[]): Plan;
  /** Reads the text now, or waits for the reading under way. */
  classify(plan: Plan): Promise<Classification | undefined>;
  /** Forgets what was read of every text: the schema changed. */
  forget(): void;
  readonly count: number;
}

const MOST_PLANS = 5_000;
const MOST_TEXT_BYTES = 16 * 1024 * 1024;
/** While fewer texts are known each is read at once; above that only what comes a second time. */
const READ_AT_ONCE = 500;

/**
 * Reading a text costs a parse and two or three look-ups in the catalogues: one text at a time, so that many new texts
 * never take more than one connection.
 */
export function createPlanBook(classifier: Classifier, onDrop: (plan: Plan) => void): PlanBook {
  const plans = new Map<string, Plan>();
  const sieve = createSieve<Plan>({ count: MOST_PLANS, bytes: MOST_TEXT_BYTES }, (plan) => {
    plans.delete(nameOf(plan.text, plan.settings));
    onDrop(plan);
  });
  let generation = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const read = async (plan: Plan): Promise<Classification | undefined> => {
    const asOf = generation;
    try {
      const { text, settings } = plan;
      const classification = await classifier.classify(text, settings === undefined ? {} : { settings });
      if (asOf === generation) plan.classification = classification;
      return classification;
    } catch {
      // The catalogues could not be asked; the next use of the text tries again.
      return undefined;
    } finally {
      plan.reading = undefined;
    }
  };
  const classify = (plan: Plan): Promise<Classification | undefined> => {
    if (plan.classification !== undefined) return Promise.resolve(plan.classification);
    if (plan.reading === undefined) {
      plan.reading = queue.then(() => read(plan));
      queue = plan.reading;
    }
    return plan.reading;
  };

  return {
    open(text, settings) {
      const name = nameOf(text, settings);
      const known = plans.get(name);
      if (known !== undefined) {
        known.visited = true;
        if (known.classification === undefined && known.reading === undefined) void classify(known);
        return known;
      }
      const plan: Plan = {
        text,
        settings,
        bytes: text.length * 2,
        visited: false,
        newer: undefined,
        older: undefined,
        classification: undefined,
        reading: undefined,
        entries: new Map(),
        reads: new Map(),
      };
      plans.set(name, plan);
      sieve.add(plan);
      if (sieve.count < READ_AT_ONCE) void classify(plan);
      return plan;
    },
    classify,
    forget() {
      generation += 1;
      for (const plan of plans.values()) plan.classification = undefined;
    },
    get count() {
      return sieve.count;
    },
  };
}

function nameOf(text: string, settings: readonly string[] | undefined): string {
  return settings === undefined ? text : `${text}\0${settings.join('\0')}`;
}
