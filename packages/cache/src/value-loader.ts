import { isDeepStrictEqual } from 'node:util';
import { ResilienceError, withDeadline } from '@dataguardian/resilience';
import { cacheLoads, cacheLoadStarts, cacheReads, cacheWrites } from '@dataguardian/telemetry';
import type { Load, LoadContext, LoadOptions } from './cache.ts';
import type { NamespaceCounters } from './counters.ts';
import { CacheError } from './errors.ts';
import { FailureTable } from './failure-table.ts';
import { LoadFlight } from './load-flight.ts';
import { hashKey } from './memory/key-hash.ts';
import { NONE } from './memory/entry-rows.ts';
import { hasCurrentTags } from './memory/entry-table.ts';
import type { MemorySpace } from './memory/memory-space.ts';
import type { NamespaceContext } from './namespace-context.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { Fence, RemoteRecord, RemoteSpace } from './remote.ts';
import type { TagState } from './tag-table.ts';
import type { ValueStore } from './value-store.ts';

/** Refreshes in the background of one namespace at once; further ones wait for the next read. */
const MAX_REFRESHES = 64;

/** A waiter is woken by the announcement of the value; when a load fails nothing is announced, so it also looks. */
const LEASE_POLL_MS = 100;

/** One refreshed value in that many is compared with the one before. */
const COMPARED_REFRESHES = 4;

/** What a loader works with. */
export interface LoaderParts<Value> {
  readonly context: NamespaceContext;
  readonly policy: ResolvedPolicy;
  readonly remote: RemoteSpace | undefined;
  readonly space: MemorySpace;
  readonly values: ValueStore<Value>;
  readonly counters: NamespaceCounters;
}

/** One load as it was asked for. */
interface Request<Value> {
  readonly key: string;
  readonly load: Load<Value>;
  readonly options: LoadOptions | undefined;
}

/** A value that may stand in for one that cannot be loaded. */
interface Former<Value> {
  readonly value: Value;
  readonly freshUntil: number;
  /** Whether nothing but its age speaks against it. */
  readonly isConfirmed: boolean;
}

/** What is known before a load starts: nothing learnt later may make its outcome look newer. */
interface Baseline {
  readonly tags: readonly TagState[];
  readonly tagVersions: readonly number[];
  readonly epoch: number;
}

/** Under what right a load runs. */
interface LoadRight {
  readonly baseline: Baseline;
  /** The right to store its outcome in Redis. */
  readonly fence: Fence | undefined;
  /** Redis answers, but takes nothing. */
  readonly isRefused?: boolean;
}

/**
 * Loads missing values: once per key in this process, once per key over all processes while Redis answers, and never
 * storing an outcome whose key or tags were invalidated after the load began (leases after Nishtala and others,
 * Scaling Memcache at Facebook, NSDI 2013, section 3.2.1).
 */
export class ValueLoader<Value> {
  private readonly parts: LoaderParts<Value>;
  private readonly flights = new Map<string, LoadFlight<Value>>();
  /** Keys whose last load failed while grace served, and when to try again. */
  private readonly retryAt = new Map<string, number>();
  private readonly failures: FailureTable;
  private refreshCount = 0;
  private refreshes = 0;

  constructor(parts: LoaderParts<Value>) {
    this.parts = parts;
    this.failures = new FailureTable(parts.policy.errorTtlMs);
  }

  /** The outcome of a load, or a value within grace, as the policy says. */
  load(key: string, load: Load<Value>, options: LoadOptions | undefined): Promise<Value> {
    const { policy, counters, context } = this.parts;
    const former = options?.refresh === undefined ? this.findFormer(key) : undefined;
    if (former !== undefined) {
      const now = context.memory.now();
      if ((this.retryAt.get(key) ?? 0) > now) return this.serveStale(key, former.value);
      if (former.isConfirmed && now < former.freshUntil + policy.staleWhileRevalidateMs) {
        this.refresh(key, load, options);
        return this.serveStale(key, former.value);
      }
    }
    const failure = options?.refresh === undefined ? this.failures.find(key, context.memory.now()) : undefined;
    if (failure !== undefined && former === undefined) {
      counters.misses += 1;
      return Promise.reject(failure);
    }
    const joined = options?.refresh === undefined ? this.findFlight(key) : undefined;
    const flight = joined ?? this.start({ key, load, options });
    if (joined === undefined) counters.misses += 1;
    else counters.memoryHits += 1;
    if (options?.refresh === undefined) this.noteLapse(key);
    const outcome = flight.join(options?.signal);
    const { softTimeoutMs } = policy;
    if (softTimeoutMs === undefined || policy.graceMs === 0) return outcome;
    return this.answerInTime(flight, outcome, softTimeoutMs);
  }

  /** Counts a read that has to wait although memory had the value until just now. */
  private noteLapse(key: string): void {
    const { space, context, counters } = this.parts;
    const { table } = context.memory;
    const slot = space.entries.get(key);
    if (slot === NONE || table.freshUntil(slot) > context.memory.now() || !hasCurrentTags(table.stamp(slot))) return;
    counters.lapsedReads += 1;
    context.onLapse(space.name, key);
  }

  /**
   * The flight that may be joined: one that began before a tag was invalidated brings what is out of date already, and
   * one that all its callers have left brings their reason to leave.
   */
  private findFlight(key: string): LoadFlight<Value> | undefined {
    const flight = this.flights.get(key);
    if (flight?.isAborted === true) {
      this.flights.delete(key);
      flight.abandon();
      return undefined;
    }
    if (flight === undefined || flight.isCurrent()) return flight;
    this.supersede(key);
    return undefined;
  }

  /** Loads in the background unless a load runs already. */
  refresh(key: string, load: Load<Value>, options: LoadOptions | undefined): void {
    if (this.flights.has(key) || this.refreshCount >= MAX_REFRESHES) return;
    if ((this.retryAt.get(key) ?? 0) > this.parts.context.memory.now()) return;
    this.refreshCount += 1;
    const { promise } = this.start({ key, load, options: { ...options, refresh: 'always' } });
    promise.catch(() => undefined).finally(() => void (this.refreshCount -= 1));
  }

  /** The key changed: what a running load will bring is out of date, and the next caller starts anew. */
  supersede(key: string): void {
    this.parts.values.supersede(key);
    this.retryAt.delete(key);
    this.failures.forget(key);
    const flight = this.flights.get(key);
    if (flight === undefined) return;
    flight.isDirty = true;
    this.flights.delete(key);
    flight.abandon();
  }

  supersedeAll(): void {
    for (const key of this.flights.keys()) this.supersede(key);
    this.failures.clear();
  }

  private start(request: Request<Value>): LoadFlight<Value> {
    if (cacheLoadStarts.hasSubscribers) cacheLoadStarts.publish({ namespace: this.parts.space.name });
    const flight = new LoadFlight<Value>();
    this.flights.set(request.key, flight);
    const land = (): void => {
      if (this.flights.get(request.key) === flight) this.flights.delete(request.key);
      flight.land();
    };
    flight.promise = this.fly(flight, request);
    // Everybody who waits gets the rejection; a flight that all have left must not end the process.
    flight.promise.then(land, land);
    return flight;
  }

  private async fly(flight: LoadFlight<Value>, request: Request<Value>): Promise<Value> {
    const { context, values, remote } = this.parts;
    const tags = values.tagsOf(request.options);
    const learning = context.coherence.learnTags(tags);
    if (learning !== undefined) await learning;
    const baseline = { tags, tagVersions: values.versionsOf(tags), epoch: context.coherence.epoch };
    flight.isCurrent = () => hasCurrentVersions(baseline);
    if (remote === undefined) return this.loadAndStore(flight, request, { baseline, fence: undefined });
    return this.flyRemote(remote, flight, request, baseline);
  }

  /** Finds the value in Redis, or gets the right to load it, or waits for the process that has it. */
  private async flyRemote(
    remote: RemoteSpace,
    flight: LoadFlight<Value>,
    request: Request<Value>,
    baseline: Baseline,
  ): Promise<Value> {
    const { values, context, counters, policy } = this.parts;
    const { key, options } = request;
    let formerRecord: RemoteRecord | undefined;
    const waitUntil = context.clock.monotonic() + policy.hardTimeoutMs + context.leaseMs;
    let hasWaited = false;
    while (!hasWaited || context.clock.monotonic() < waitUntil) {
      const startedAt = context.clock.monotonic();
      const guard = { epoch: baseline.epoch, isDirty: () => flight.isDirty };
      const read = await remote.read(key, values.knownVersion(key));
      if (read.kind === 'away') break;
      const found = await values.accept(key, read, guard);
      if (found?.fresh !== undefined && (options?.refresh === undefined || hasWaited)) {
        counters.redisHits += 1;
        counters.redisMs.record(context.clock.monotonic() - startedAt);
        return found.fresh;
      }
      if (found?.stale !== undefined) flight.former = { value: found.stale };
      formerRecord = read.kind === 'value' || read.kind === 'unchanged' ? read.record : undefined;
      const acquired = await remote.acquire(key, formerRecord);
      if (acquired.kind === 'granted') return this.loadAndStore(flight, request, { baseline, fence: acquired.fence });
      if (acquired.kind === 'refused')
        return this.loadAndStore(flight, request, { baseline, fence: undefined, isRefused: true });
      if (acquired.kind === 'away') break;
      if (acquired.kind === 'held') {
        if (found?.stale !== undefined && formerRecord !== undefined) {
          const staleForMs = context.clock.now() - formerRecord.freshUntil;
          if (staleForMs < policy.staleWhileRevalidateMs) return this.serveStale(key, found.stale);
        }
        hasWaited = true;
        await remote.whenChanged(key, Math.min(acquired.forMs, LEASE_POLL_MS));
      }
    }
    return this.loadAndStore(flight, request, { baseline, fence: undefined });
  }

  private async loadAndStore(flight: LoadFlight<Value>, request: Request<Value>, right: LoadRight): Promise<Value> {
    const { context, policy, counters, remote } = this.parts;
    const { key, options } = request;
    const startedAt = context.clock.monotonic();
    let ttlMs: number | undefined = options?.ttlMs;
    let isStored = true;
    const former = this.findFormer(key);
    flight.former ??= former;
    const loadContext = (signal: AbortSignal): LoadContext => ({
      signal,
      setTtl: (chosenMs) => void (ttlMs = chosenMs),
      skipStore: () => void (isStored = false),
      former: flight.former?.value,
    });
    const { fence } = right;
    const stopKeeping = fence === undefined ? undefined : remote?.keep(key, fence);
    // Those who come next need not wait for an outcome that is out of date.
    if (fence !== undefined) flight.abandon = () => remote?.release(key, fence);
    counters.loads += 1;
    try {
      const value = await withDeadline(async (signal) => request.load(loadContext(signal)), {
        clock: context.clock,
        hardMs: policy.hardTimeoutMs,
        signal: flight.controller.signal,
      });
      const loadMs = context.clock.monotonic() - startedAt;
      this.noteLoad(flight, loadMs, 'loaded');
      this.retryAt.delete(key);
      this.failures.forget(key);
      const isStorable = isStored && value !== undefined;
      if (flight.former !== undefined) this.noteChange(flight.former.value, value);
      if (isStorable) await this.store(flight, { key, value, ttlMs, graceMs: options?.graceMs, loadMs }, right);
      else if (right.fence !== undefined) remote?.release(key, right.fence);
      return value;
    } catch (error) {
      this.noteLoad(flight, context.clock.monotonic() - startedAt, 'failed');
      if (right.fence !== undefined) remote?.release(key, right.fence);
      return this.standIn(flight, key, error);
    } finally {
      stopKeeping?.();
    }
  }

  private async store(
    flight: LoadFlight<Value>,
    loaded: { key: string; value: Value; ttlMs: number | undefined; graceMs: number | undefined; loadMs: number },
    right: LoadRight,
  ): Promise<void> {
    const { values, policy, remote, context } = this.parts;
    const { key, value, loadMs } = loaded;
    const { baseline, fence } = right;
    // Memory looks through it in any case; who listens hears how large it is.
    const admitted = cacheWrites.hasSubscribers && values.isInMemory ? values.admit(value) : undefined;
    if (admitted !== undefined)
      cacheWrites.publish({ namespace: this.parts.space.name, kind: 'set', keyCount: 1, bytes: admitted.bytes });
    const stored = {
      value,
      ...(admitted === undefined ? {} : { admitted }),
      ttlMs: values.spread(loaded.ttlMs ?? (value === null ? policy.negativeTtlMs : policy.ttlMs)),
      graceMs: loaded.graceMs ?? policy.graceMs,
      loadMs,
      ...baseline,
    };
    const commit =
      remote === undefined || fence === undefined
        ? ({ kind: right.isRefused === true ? 'refused' : 'away' } as const)
        : await remote.commit(key, fence, values.toRecord(stored));
    // Redis is up and yet did not confirm: others may have changed the key unnoticed.
    const isUnconfirmed = remote !== undefined && commit.kind === 'away' && !Number.isFinite(context.coherence.trustMs);
    const isLeftToRedis = commit.kind === 'stored' && !values.isInMemory;
    if (flight.isDirty || commit.kind === 'superseded' || isUnconfirmed || isLeftToRedis) return;
    const trust = commit.kind === 'refused' ? { trustMs: context.coherence.untoldMs } : {};
    values.remember(key, { ...stored, ...trust, version: commit.kind === 'stored' ? commit.version : '' });
  }

  /** A value within grace instead of an error, when there is one. */
  private standIn(flight: LoadFlight<Value>, key: string, error: unknown): Promise<Value> {
    const { counters, policy, context } = this.parts;
    counters.loadFailures += 1;
    const former = flight.isDirty ? undefined : (flight.former ?? this.findFormer(key));
    if (former !== undefined && !isAbort(error, flight.controller.signal)) {
      this.retryAt.set(key, context.memory.now() + policy.retryAfterMs);
      return this.serveStale(key, former.value);
    }
    const failure = this.toFailure(error);
    // An invalidation that overtook the load may have been the remedy; a caller that left says nothing of the source.
    if (!flight.isDirty && !flight.isAborted) this.failures.note(key, failure, context.memory.now());
    return Promise.reject(failure);
  }

  private toFailure(error: unknown): Error {
    if (error instanceof ResilienceError && error.code === 'RESILIENCE_DEADLINE_EXCEEDED') {
      const detail = `${this.parts.space.name}, ${this.parts.policy.hardTimeoutMs} ms`;
      return new CacheError('CACHE_LOAD_TIMEOUT', detail, { cause: error });
    }
    return error instanceof Error ? error : new Error('the load failed', { cause: error });
  }

  /** The value in memory that may stand in: expired, within grace, with no tag invalidated. */
  private findFormer(key: string): Former<Value> | undefined {
    const { space, context, values } = this.parts;
    const { table } = context.memory;
    const slot = space.entries.get(key);
    if (slot === NONE || table.staleUntil(slot) <= context.memory.now() || !hasCurrentTags(table.stamp(slot)))
      return undefined;
    const isConfirmed = table.stamp(slot).epoch === context.coherence.epoch;
    return { value: values.handOut(slot), freshUntil: table.freshUntil(slot), isConfirmed };
  }

  private serveStale(key: string, value: Value): Promise<Value> {
    this.parts.counters.staleHits += 1;
    if (cacheReads.hasSubscribers) {
      const keyHash = hashKey(key) >>> 0;
      cacheReads.publish({ namespace: this.parts.space.name, outcome: 'stale', keyHash, durationMs: 0 });
    }
    return Promise.resolve(value);
  }

  /** Answers from grace when the load takes longer than the soft time-out; the load goes on. */
  private answerInTime(flight: LoadFlight<Value>, outcome: Promise<Value>, softTimeoutMs: number): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = this.parts.context.clock.schedule(softTimeoutMs, () => {
        if (flight.former === undefined || flight.isDirty) return;
        this.parts.counters.staleHits += 1;
        resolve(flight.former.value);
      });
      outcome.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  /** Whether refreshing was worth it; one in so many is compared. */
  private noteChange(before: Value, after: Value): void {
    const { counters } = this.parts;
    this.refreshes += 1;
    if (this.refreshes % COMPARED_REFRESHES !== 0) return;
    if (isDeepStrictEqual(before, after)) counters.refreshesSame += 1;
    else counters.refreshesChanged += 1;
  }

  private noteLoad(flight: LoadFlight<Value>, durationMs: number, outcome: 'loaded' | 'failed'): void {
    const { counters, space } = this.parts;
    counters.loadMs.record(durationMs);
    if (!cacheLoads.hasSubscribers) return;
    const { callerCount } = flight;
    cacheLoads.publish({ namespace: space.name, durationMs, failed: outcome === 'failed', callerCount });
  }
}

function hasCurrentVersions({ tags, tagVersions }: Baseline): boolean {
  return tags.every((tag, index) => tag.version === tagVersions[index]);
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}
