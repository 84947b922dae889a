import type { Clock } from '@dataguardian/telemetry';
import type { MemoryTier } from '../memory/memory-tier.ts';
import type { TieredNamespace } from '../namespace.ts';
import { boundChangeChance, toOutdatedReadRatio } from './change-rate.ts';
import { DutyCycle } from './duty-cycle.ts';
import { CurveMarks } from './curve-marks.ts';
import { type CurvePoint, HitRatioCurve } from './hit-ratio-curve.ts';
import { type HotKey, HotKeys } from './hot-keys.ts';
import { type CacheProposal, percent, type ProposalVerdict, type ProposedChange } from './proposal.ts';
import { countLapses, type LapseCounts, proposeRefresh } from './refresh-advice.ts';
import { proposeSize } from './size-advice.ts';

/** A value that takes much of the memory tier. */
export interface OversizedValue {
  readonly namespace: string;
  readonly key: string;
  readonly bytes: number;
}

/** Looks at how the cache is used, and says what would help, with proof. */
export interface CacheAnalyst {
  /** The hit ratio of the memory tier to be expected at other sizes. Empty before anything was evicted. */
  curve(): readonly CurvePoint[];
  /** Keys with more than 1% of the sampled reads. Keys of private namespaces are left out. */
  hotKeys(): readonly HotKey[];
  /** The largest values in memory, each above 1% of its bound. O(entries). */
  oversized(): readonly OversizedValue[];
  proposals(): readonly CacheProposal[];
  /** Carries a proposal out at run time; the returned function takes it back. `undefined` when it is not known. */
  apply(id: string): (() => void) | undefined;
  /** Carries a change out that this or another process proposed; the returned function takes it back. */
  carryOut(change: ProposedChange): () => void;
  /** Compares the hit ratio before and since a proposal was applied. */
  verify(id: string): ProposalVerdict | undefined;
}

/** So many requests of a new curve are not held against its time: twice the size fills, and shows what it brings. */
const START_SAMPLE = 5_000;
const HOT_RATIO = 0.01;
/** The simulation of other sizes takes that share of the processor time at most. */
const CURVE_TIME_RATIO = 0.0025;
/** Entries looked at to fill the miniatures. */
const MAX_RESIDENT = 65_536;
/** A tier that was made smaller has let go of what no longer fits after that long: a curve begins with its new size. */
const SHRINKING_MS = 1_000;
/** For that long after it, what it had before is what larger sizes would still have. */
const REMEMBERED_MS = 10_000;
const OVERSIZED_RATIO = 0.01;
const MIN_REFRESHES = 50;
const UNCHANGED_RATIO = 0.9;
const TTL_FACTOR = 2;
/** A longer ttl is not proposed when more reads than that might see an outdated value. */
const MAX_OUTDATED_RATIO = 0.15;
const MIN_USELESS = 1_000;
const USELESS_RATIO = 0.98;
const MIN_VERIFY_REQUESTS = 1_000;
/** A gain counts as kept when at least that share of what was promised has come. */
const KEPT_RATIO = 0.5;

interface Applied {
  readonly proposal: CacheProposal;
  readonly hits: number;
  readonly requests: number;
  readonly before: number;
}

/** What the analyst works with. */
export interface AnalystParts {
  readonly clock: Clock;
  readonly memory: MemoryTier;
  readonly namespaces: () => Iterable<TieredNamespace<unknown>>;
}

/** The analyst of one cache; it hears of sampled reads through {@link MemoryAnalyst.record}. */
export class MemoryAnalyst implements CacheAnalyst {
  private readonly parts: AnalystParts;
  private readonly hot = new HotKeys();
  private readonly startedAt: number;
  private readonly lapsed = new HotKeys();
  /** What namespaces had counted when their early refresh was last changed. */
  private readonly lapsesBefore = new Map<string, LapseCounts>();
  private readonly applied = new Map<string, Applied>();
  private readonly duty: DutyCycle;
  private readings: HitRatioCurve | undefined;
  private readonly marks: CurveMarks;
  /** What was in memory before it was made smaller. */
  private former: { readonly hashes: readonly number[]; readonly leftAt: number } | undefined;

  constructor(parts: AnalystParts) {
    this.parts = parts;
    this.startedAt = parts.clock.monotonic();
    this.marks = new CurveMarks(parts.memory);
    this.duty = new DutyCycle({ clock: parts.clock, share: CURVE_TIME_RATIO });
    parts.memory.watch({
      sampleLimit: (entryCount) => this.followSize(entryCount),
      onSample: (hash) => this.record(hash),
      onRequest: (namespace, key) => this.hot.record(namespace, key),
    });
  }

  curve(): readonly CurvePoint[] {
    return this.readings?.points(this.parts.memory.seen) ?? [];
  }

  hotKeys(): readonly HotKey[] {
    const isPrivate = new Set(
      [...this.parts.namespaces()].filter(({ policy }) => policy.private).map(({ name }) => name),
    );
    return this.hot.top(HOT_RATIO).filter(({ namespace }) => !isPrivate.has(namespace));
  }

  oversized(): readonly OversizedValue[] {
    const { limits, table } = this.parts.memory;
    const limit = limits.maxBytes * OVERSIZED_RATIO;
    const found: OversizedValue[] = [];
    for (const { space, policy } of this.parts.namespaces()) {
      if (policy.private) continue;
      for (const slot of space.entries.values()) {
        const bytes = table.bytes(slot);
        if (bytes > limit) found.push({ namespace: space.name, key: table.key(slot), bytes });
      }
    }
    return found.sort((a, b) => b.bytes - a.bytes).slice(0, 100);
  }

  proposals(): readonly CacheProposal[] {
    return [...this.proposeSize(), ...this.proposeTtls(), ...this.proposeLeaving(), ...this.proposeRefreshes()];
  }

  /** Notes a read that waits for a load because the value has just expired. */
  noteLapse(namespace: string, key: string): void {
    this.lapsed.record(namespace, key);
  }

  apply(id: string): (() => void) | undefined {
    const proposal = this.proposals().find((candidate) => candidate.id === id);
    if (proposal === undefined) return undefined;
    const { hits, requests } = this.count();
    this.applied.set(id, { proposal, hits, requests, before: requests === 0 ? 0 : hits / requests });
    return this.carryOut(proposal.change);
  }

  verify(id: string): ProposalVerdict | undefined {
    const applied = this.applied.get(id);
    if (applied === undefined) return undefined;
    const { waitingReadRatio } = applied.proposal.proof;
    if (waitingReadRatio !== undefined) return this.verifyWaits(applied, waitingReadRatio);
    const { hits, requests } = this.count();
    const requestCount = requests - applied.requests;
    const after = requestCount === 0 ? 0 : (hits - applied.hits) / requestCount;
    const hitRatio = { before: applied.before, after };
    if (requestCount < MIN_VERIFY_REQUESTS) return { state: 'early', hitRatio, requestCount };
    const promised = applied.proposal.proof.hitRatio;
    const promisedGain = promised === undefined ? 0 : promised.expected - promised.now;
    const isKept = after - applied.before >= promisedGain * KEPT_RATIO;
    return { state: isKept ? 'kept' : 'missed', hitRatio, requestCount };
  }

  private verifyWaits(
    { proposal: { change }, hits, requests, before }: Applied,
    promised: { readonly now: number; readonly expected: number },
  ): ProposalVerdict | undefined {
    const name = 'namespace' in change ? change.namespace : '';
    const namespace = this.find(name);
    const baseline = this.lapsesBefore.get(name);
    if (namespace === undefined || baseline === undefined) return undefined;
    const counted = countLapses(namespace);
    const requestCount = counted.reads - baseline.reads;
    const waitingReadRatio = {
      before: promised.now,
      after: requestCount === 0 ? 0 : (counted.lapsedReads - baseline.lapsedReads) / requestCount,
    };
    const total = this.count();
    const after = total.requests === requests ? 0 : (total.hits - hits) / (total.requests - requests);
    const isKept = waitingReadRatio.before - waitingReadRatio.after >= (promised.now - promised.expected) * KEPT_RATIO;
    const state = requestCount < MIN_VERIFY_REQUESTS ? 'early' : isKept ? 'kept' : 'missed';
    return { state, hitRatio: { before, after }, waitingReadRatio, requestCount };
  }

  private find(name: string): TieredNamespace<unknown> | undefined {
    return [...this.parts.namespaces()].find((namespace) => namespace.name === name);
  }

  /**
   * Starts a curve when there is something to predict: before anything was evicted every size would do. Wants nothing
   * during a rest, which ends, when its time has come, at the next asking.
   */
  private followSize(entryCount: number): number {
    const { memory } = this.parts;
    if (memory.evictions.size + memory.evictions.rejected === 0 || this.isShrinking()) return 0;
    if (this.readings === undefined || this.readings.isOutgrown(entryCount)) {
      this.readings = new HitRatioCurve(entryCount, { seen: memory.seen, resident: this.knownHashes() });
      this.marks.forget();
      // A process that is mostly idle would wait minutes until its share of the processor time is enough for a first sample.
      this.duty.advance(START_SAMPLE);
    }
    if (this.duty.isResting) {
      this.duty.wake(memory.now());
      if (this.duty.isResting) return 0;
      this.readings.resume(memory.seen);
    }
    return this.readings.sampleLimit;
  }

  private isShrinking(): boolean {
    return this.former !== undefined && this.parts.memory.now() < this.former.leftAt + SHRINKING_MS;
  }

  /** What larger sizes would still have: after the tier was made smaller, that is what it had before. */
  private knownHashes(): Iterable<number> {
    const { former } = this;
    if (former === undefined || this.parts.memory.now() > former.leftAt + REMEMBERED_MS) return this.residentHashes();
    return former.hashes;
  }

  private *residentHashes(): Generator<number> {
    const { table } = this.parts.memory;
    let left = MAX_RESIDENT;
    for (const { space } of this.parts.namespaces())
      for (const slot of space.entries.values()) {
        if (left-- <= 0) return;
        yield table.hash(slot);
      }
  }

  private record(hash: number): void {
    const { readings, duty } = this;
    const { memory } = this.parts;
    if (readings === undefined || duty.isResting || !readings.takeInResident(memory.seen)) return;
    duty.run(() => readings.record(hash));
    this.marks.follow(readings);
    if (!duty.isResting) return;
    readings.pause(memory.seen);
    memory.followWatcher();
  }

  private proposeSize(): CacheProposal[] {
    const { readings: curve, marks } = this;
    const { memory } = this.parts;
    const proposal =
      curve === undefined ? undefined : proposeSize({ memory, curve, marks, meanLoadMs: this.meanLoadMs() });
    return proposal === undefined ? [] : [proposal];
  }

  private proposeTtls(): CacheProposal[] {
    const proposals: CacheProposal[] = [];
    for (const { name, policy, counters } of this.parts.namespaces()) {
      const { refreshesSame, refreshesChanged, loadMs } = counters;
      const sampleSize = refreshesSame + refreshesChanged;
      if (sampleSize < MIN_REFRESHES || refreshesSame / sampleSize < UNCHANGED_RATIO) continue;
      const chance = boundChangeChance(refreshesChanged, sampleSize);
      const expected = toOutdatedReadRatio(chance, TTL_FACTOR);
      if (expected > MAX_OUTDATED_RATIO) continue;
      const seconds = this.elapsedSeconds();
      proposals.push({
        id: `ttl:${name}:${policy.ttlMs * TTL_FACTOR}`,
        title: `${name}: ${percent(refreshesSame / sampleSize)} of refreshes bring the same value; double its ttl`,
        change: { kind: 'ttl', namespace: name, fromMs: policy.ttlMs, toMs: policy.ttlMs * TTL_FACTOR },
        proof: {
          method: 'Comparison of each refreshed value with the one before.',
          sampleSize,
          outdatedReadRatio: { now: toOutdatedReadRatio(chance, 1), expected },
          savedLoadMsPerSecond: (loadMs.sum * (1 - 1 / TTL_FACTOR)) / seconds,
        },
      });
    }
    return proposals;
  }

  private proposeLeaving(): CacheProposal[] {
    const proposals: CacheProposal[] = [];
    for (const { name, policy, space } of this.parts.namespaces()) {
      const { evictions, goneUnreadCount } = space;
      const goneCount = evictions.size + evictions.rejected + evictions.expired;
      if (policy.tiers !== 'both' || goneCount < MIN_USELESS || goneUnreadCount / goneCount < USELESS_RATIO) continue;
      proposals.push({
        id: `leave-memory:${name}`,
        title: `${name}: ${percent(goneUnreadCount / goneCount)} of its values leave memory unread; keep it in Redis only`,
        change: { kind: 'leave-memory', namespace: name },
        proof: {
          method: 'Count of values that left memory, and of those that were never read there.',
          sampleSize: goneCount,
          savedLoadMsPerSecond: 0,
        },
      });
    }
    return proposals;
  }

  carryOut(change: ProposedChange): () => void {
    const { memory } = this.parts;
    if (change.kind === 'memory-size') {
      const former = memory.limits;
      const ratio = change.toBytes / former.maxBytes;
      if (ratio < 1) this.readings = undefined;
      this.former = ratio < 1 ? { hashes: [...this.residentHashes()], leftAt: memory.now() } : undefined;
      memory.resize({ maxBytes: change.toBytes, maxEntries: Math.ceil(former.maxEntries * ratio) });
      return () => memory.resize(former);
    }
    const namespace = this.find(change.namespace);
    if (namespace === undefined) return () => undefined;
    if (change.kind === 'early-refresh') {
      const set = (ratio: number): void => {
        namespace.policy.earlyRefreshRatio = ratio;
        // What was counted under another ratio says nothing of this one.
        this.lapsesBefore.set(change.namespace, countLapses(namespace));
        this.lapsed.forget(change.namespace);
      };
      set(change.toRatio);
      return () => set(change.fromRatio);
    }
    if (change.kind === 'ttl') {
      namespace.policy.ttlMs = change.toMs;
      return () => void (namespace.policy.ttlMs = change.fromMs);
    }
    namespace.policy.tiers = 'redis';
    return () => void (namespace.policy.tiers = 'both');
  }

  private proposeRefreshes(): CacheProposal[] {
    const { hot, lapsed } = this;
    const evidence = {
      hot,
      lapsed,
      baselineOf: (name: string) => this.lapsesBefore.get(name) ?? { reads: 0, lapsedReads: 0 },
      elapsedSeconds: this.elapsedSeconds(),
    };
    return [...this.parts.namespaces()].flatMap((namespace) => proposeRefresh(namespace, evidence) ?? []);
  }

  private count(): { readonly hits: number; readonly requests: number } {
    let hits = 0;
    let requests = 0;
    for (const { counters } of this.parts.namespaces()) {
      hits += counters.memoryHits;
      requests += counters.memoryHits + counters.redisHits + counters.staleHits + counters.misses;
    }
    return { hits, requests };
  }

  private meanLoadMs(): number {
    let sum = 0;
    let count = 0;
    for (const { counters } of this.parts.namespaces()) {
      sum += counters.loadMs.sum;
      count += counters.loadMs.count;
    }
    return count === 0 ? 0 : sum / count;
  }

  private elapsedSeconds(): number {
    return Math.max(1, (this.parts.clock.monotonic() - this.startedAt) / 1_000);
  }
}
