import type { Labels } from './labels.ts';

/** Whose code ran when, as far as events tell. */
export interface Timeline {
  /** From this moment on code of that owner runs (a request began or goes on), or of nobody known. */
  mark(atUs: number, owner: LabelOwner | undefined): void;
  /** From this moment on code of somebody without labels runs. @param nowUs Asked for when it has to be noted. */
  pass(nowUs: () => number): void;
  /** One owner more or less is under way. */
  enter(atUs: number, owner: LabelOwner): void;
  leave(atUs: number, owner: LabelOwner): void;
  /** The likely owner of a sample, when the loop last waited at `idleUs`. */
  ownerAt(atUs: number, idleUs: number): LabelOwner | undefined;
  /** When the first owner came; infinite before. What ran until then is the program's start-up. */
  readonly firstUs: number;
  /** Owners under way. */
  readonly activeCount: number;
  /** Owners that were under way at any moment between the two. */
  activeBetween(fromUs: number, toUs: number): number;
}

/** Something that has labels, which may become known later than the samples. */
export interface LabelOwner {
  readonly labels: Labels;
}

/** Whose code runs for a request that is not traced. */
const UNTOLD: LabelOwner = Object.freeze({ labels: Object.freeze({}) });
/** Marks kept; at ten marks a request and 400 requests a second this is four seconds, longer than one recording. */
const CAPACITY = 16_384;

/**
 * A sample has no labels of its own: V8 knows of no context. It belongs to the latest mark since the loop last waited,
 * or, when there is none, to the only owner under way. Wrong when code continues after a wait that no span covers
 * while other requests run between; then it is charged to the request that was marked last.
 * @param onEnter Called when an owner comes.
 */
export function createTimeline(onEnter: () => void = () => undefined): Timeline {
  const times = new Float64Array(CAPACITY);
  const owners: (LabelOwner | undefined)[] = Array.from({ length: CAPACITY });
  const onlyOwners: (LabelOwner | undefined)[] = Array.from({ length: CAPACITY });
  const activeCounts = new Uint32Array(CAPACITY);
  const active = new Set<LabelOwner>();
  let written = 0;
  let firstUs = Number.POSITIVE_INFINITY;

  const mark = (atUs: number, owner: LabelOwner | undefined): void => {
    const slot = written % CAPACITY;
    times[slot] = atUs;
    owners[slot] = owner;
    onlyOwners[slot] = active.size === 1 ? active.values().next().value : undefined;
    activeCounts[slot] = active.size;
    written += 1;
  };

  /** Number of the latest mark at or before `atUs`; -1 when it is not kept. */
  const latestBefore = (atUs: number): number => {
    let low = Math.max(0, written - CAPACITY);
    let high = written - 1;
    let found = -1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if ((times[middle % CAPACITY] ?? 0) <= atUs) {
        found = middle;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return found;
  };

  return {
    mark,
    pass(nowUs) {
      // Where most are not traced, most follow one that was not.
      if (owners[(written - 1) % CAPACITY] !== UNTOLD) mark(nowUs(), UNTOLD);
    },
    get firstUs() {
      return firstUs;
    },
    get activeCount() {
      return active.size;
    },
    enter(atUs, owner) {
      onEnter();
      firstUs = Math.min(firstUs, atUs);
      active.add(owner);
      mark(atUs, owner);
    },
    leave(atUs, owner) {
      active.delete(owner);
      mark(atUs, undefined);
    },
    ownerAt(atUs, idleUs) {
      const number = latestBefore(atUs);
      if (number < 0) return undefined;
      const slot = number % CAPACITY;
      const owner = owners[slot];
      // After a wait it may be another request that is not traced as well as the only one that is: nobody can tell.
      const isCurrent = owner === UNTOLD || (times[slot] ?? 0) > idleUs;
      return (isCurrent ? owner : undefined) ?? onlyOwners[slot];
    },
    activeBetween(fromUs, toUs) {
      let most = 0;
      for (let number = Math.max(latestBefore(fromUs), written - CAPACITY, 0); number < written; number++) {
        const slot = number % CAPACITY;
        if ((times[slot] ?? 0) > toUs) break;
        most = Math.max(most, activeCounts[slot] ?? 0);
      }
      return most;
    },
  };
}
