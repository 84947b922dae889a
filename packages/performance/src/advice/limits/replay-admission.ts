import { setImmediate as nextTurn } from 'node:timers/promises';
import { createAdaptiveLimit, createFairQueue, createShedding, type ResolvedLimits } from '@dataguardian/sessions';
import { createEventHeap } from './event-heap.ts';
import { REFUSAL_MS, type TracedArrival } from './admission-trace.ts';

/** How the recorded requests would have fared. */
export interface AdmissionReplay {
  readonly requestCount: number;
  readonly refusedCount: number;
  /** Mean from arrival to answer over all requests; a refusal counts as {@link REFUSAL_MS}. */
  readonly responseMs: number;
  readonly p95Ms: number;
  /** The same mean for the half of the users who asked for least. */
  readonly lightResponseMs: number;
}

/** A recorded trace, ready to be played with any limits. */
export interface ReplayableTrace {
  /** Lets others have the event loop every few hundred happenings. */
  play(limits: ResolvedLimits): Promise<AdmissionReplay>;
}

/** Some two milliseconds of playing. */
const SLICE = 250;
/** As in admission control itself. */
const SAMPLE_MS = 100;
const WAITING_SHARE = 0.1;
const CHARGE_CAP_MS = 100;

interface Planned extends TracedArrival {
  /** The request of the same user after whose end this one was sent, and how long after. */
  after: number | undefined;
  afterMs: number;
  readonly followers: number[];
}

type Happening =
  | { readonly kind: 'arrival'; readonly index: number }
  | { readonly kind: 'end'; readonly index: number }
  | { readonly kind: 'sample' };

/**
 * Plays a recorded trace through the real queue, the real shedding and the real adaptive limit, with other limits.
 *
 * A user's request that was sent after an answer is sent as long after that answer as before: faster service brings the
 * next request sooner, as it would. The event loop does one thing at a time; what a request waits for elsewhere takes as
 * long as it took. What was refused, and therefore not measured, costs what the others of its kind cost on average.
 */
export function createReplay(trace: readonly TracedArrival[]): ReplayableTrace {
  const planned = plan(trace);
  return { play: (limits) => play(planned, limits) };
}

async function play(planned: readonly Planned[], limits: ResolvedLimits): Promise<AdmissionReplay> {
  const heap = createEventHeap<Happening>();
  // Nothing here blocks a turn of the event loop: every gate is open.
  const queue = createFairQueue(limits);
  const shedding = createShedding(limits.longestWaitMs);
  const adaptive = createAdaptiveLimit({
    minimum: Math.min(limits.minimumConcurrency, limits.concurrency),
    maximum: limits.concurrency,
    targetDelayMs: limits.targetDelayMs,
  });
  const times = new Float64Array(planned.length);
  const held = new Float64Array(planned.length);
  const refused = new Uint8Array(planned.length);
  const ends: ((() => void) | undefined)[] = [];
  let now = 0;
  let loopFreeAt = 0;
  let lastStartAt = 0;
  let openCount = planned.length;

  const finish = (index: number): void => {
    openCount -= 1;
    for (const follower of planned[index]?.followers ?? [])
      heap.push(now + (planned[follower]?.afterMs ?? 0), { kind: 'arrival', index: follower });
  };

  const arrive = (index: number): void => {
    const request = planned[index];
    if (request === undefined) return;
    const user = String(request.user);
    const isTooMuch =
      request.kind === 'background' &&
      (queue.waiting > limits.backgroundWaiting || adaptive.standingMs > limits.targetDelayMs * 2);
    const { kind } = request;
    const organisation = request.organisation === undefined ? undefined : String(request.organisation);
    const ahead = queue.aheadOf(organisation);
    const ownWaiting = queue.waitingOf(user);
    const shed = shedding.decide({ kind, ahead, ownWaiting, loopDelayMs: adaptive.delayMs });
    const expectedMs = ownWaiting === 0 ? shedding.expectedWaitMs(ahead) : 0;
    const arrivedAt = now;
    let isQueued = false;
    const start = (): void => {
      if (isQueued) {
        shedding.learn(now - Math.max(lastStartAt, arrivedAt));
        shedding.compare(expectedMs, now - arrivedAt);
      }
      lastStartAt = now;
      loopFreeAt = Math.max(loopFreeAt, now) + request.busyMs;
      const endsAt = loopFreeAt + Math.max(0, request.heldMs - request.busyMs);
      times[index] = endsAt - arrivedAt;
      held[index] = endsAt - now;
      heap.push(endsAt, { kind: 'end', index });
    };
    const refuse = (): void => {
      refused[index] = 1;
      times[index] = REFUSAL_MS;
      finish(index);
    };
    if (isTooMuch || shed !== undefined) {
      refuse();
      return;
    }
    let isEntering = true;
    const entered = queue.enter(
      user,
      () => {
        isQueued = !isEntering;
        start();
      },
      organisation,
    );
    isEntering = false;
    if (typeof entered === 'string') {
      refuse();
      return;
    }
    const cost = Math.min(CHARGE_CAP_MS, request.busyMs + WAITING_SHARE * Math.max(0, request.heldMs - request.busyMs));
    ends[index] = () => entered.release(cost);
  };

  for (const [index, { at, after }] of planned.entries())
    if (after === undefined) heap.push(at, { kind: 'arrival', index });
  heap.push((planned[0]?.at ?? 0) + SAMPLE_MS, { kind: 'sample' });
  let played = 0;
  for (let next = heap.pop(); next !== undefined && openCount > 0; next = heap.pop()) {
    if ((played += 1) % SLICE === 0) await nextTurn();
    now = next.at;
    const { event } = next;
    if (event.kind === 'arrival') arrive(event.index);
    else if (event.kind === 'end') {
      if (planned[event.index]?.kind === 'interactive') shedding.answered(held[event.index] ?? 0);
      ends[event.index]?.();
      finish(event.index);
    } else {
      queue.resize(adaptive.sample(Math.max(0, loopFreeAt - now)));
      heap.push(now + SAMPLE_MS, { kind: 'sample' });
    }
  }
  return summarise(planned, times, refused);
}

function plan(trace: readonly TracedArrival[]): Planned[] {
  const usual = meanOf(trace);
  const planned = trace
    .toSorted((a, b) => a.at - b.at)
    .map((arrival): Planned => ({
      ...arrival,
      ...(arrival.isRefused ? usual[arrival.kind] : {}),
      after: undefined,
      afterMs: 0,
      followers: [],
    }));
  for (const own of Map.groupBy(planned.keys(), (index) => planned[index]?.user).values()) linkChain(planned, own);
  return planned;
}

const NEVER = { at: Infinity, waitMs: 0, heldMs: 0, isRefused: true };

/** Ties each request of one user to the answer after which it was sent. */
function linkChain(planned: readonly Planned[], own: readonly number[]): void {
  const endAt = (index: number): number => {
    const { at, waitMs, heldMs, isRefused } = planned[index] ?? NEVER;
    return isRefused ? at : at + waitMs + heldMs;
  };
  const byEnd = own.toSorted((a, b) => endAt(a) - endAt(b));
  let cursor = 0;
  /** One answer lets one request follow: a browser's six connections are six chains. */
  const free: number[] = [];
  for (const index of own) {
    const request = planned[index];
    if (request === undefined) continue;
    for (; cursor < byEnd.length && endAt(byEnd[cursor] ?? 0) <= request.at; cursor++) {
      const ended = byEnd[cursor];
      if (ended !== undefined && ended !== index) free.push(ended);
    }
    const latest = free.pop();
    if (latest === undefined) continue;
    request.after = latest;
    request.afterMs = request.at - endAt(latest);
    planned[latest]?.followers.push(index);
  }
}

function meanOf(
  trace: readonly TracedArrival[],
): Record<TracedArrival['kind'], { readonly busyMs: number; readonly heldMs: number }> {
  const mean = (kind: TracedArrival['kind']): { busyMs: number; heldMs: number } => {
    const served = trace.filter((arrival) => !arrival.isRefused && arrival.kind === kind);
    const sum = (pick: (arrival: TracedArrival) => number): number =>
      served.reduce((total, arrival) => total + pick(arrival), 0) / Math.max(1, served.length);
    return { busyMs: sum(({ busyMs }) => busyMs), heldMs: sum(({ heldMs }) => heldMs) };
  };
  return { interactive: mean('interactive'), background: mean('background') };
}

function summarise(planned: readonly Planned[], times: Float64Array, refused: Uint8Array): AdmissionReplay {
  const counts = new Map<number, number>();
  for (const { user } of planned) counts.set(user, (counts.get(user) ?? 0) + 1);
  const sorted = [...counts.values()].toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const isLight = (index: number): boolean => (counts.get(planned[index]?.user ?? -1) ?? 0) <= median;
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    requestCount: planned.length,
    refusedCount: refused.reduce((sum, one) => sum + one, 0),
    responseMs: mean(times),
    p95Ms: times.toSorted()[Math.floor(times.length * 0.95)] ?? 0,
    lightResponseMs: mean(times.filter((_, index) => isLight(index))),
  };
}
