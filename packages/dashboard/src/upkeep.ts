import type { Advisor } from '@dataguardian/advisor';
import type { Clock } from '@dataguardian/telemetry';
import type { Mark } from './api/series.ts';
import type { SelfCost } from './api/overview.ts';
import type { StreamChanged } from './api/stream.ts';
import type { AlertBook } from './alerts/alert-book.ts';
import type { AlertSettings } from './alerts/alert-settings.ts';
import type { AlertStore } from './alerts/alert-store.ts';
import type { ChannelBook } from './channels/channel-book.ts';
import { CATALOGUE } from './history/catalogue.ts';
import type { History } from './history/history.ts';
import type { HistoryStore } from './history/history-store.ts';
import type { Recorder } from './history/recorder.ts';
import type { Keeper } from './keepers.ts';
import type { RankingRecorder } from './rankings/ranking-recorder.ts';
import type { RankingStore } from './rankings/ranking-store.ts';

/** What is kept up. */
export interface UpkeepParts {
  readonly recorder: Recorder;
  /** Absent without a database. */
  readonly historyStore: HistoryStore | undefined;
  readonly rankingRecorder: RankingRecorder;
  readonly rankingStore: RankingStore | undefined;
  /** What else is written each round, at the end, and expired; nothing without a database. */
  readonly keepers: readonly Keeper[];
  readonly history: History;
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly channels: ChannelBook;
  readonly book: AlertBook;
  readonly clock: Clock;
  readonly flushMs: number;
  readonly identity: { readonly id: string; readonly startedAt: number; readonly release: string };
  readonly advisor: Pick<Advisor, 'list'>;
  /** Joins the seconds of the processes while somebody watches. */
  readonly tendLive: () => Promise<void>;
  readonly hasWatchers: () => boolean;
  readonly onChanged: (topic: StreamChanged['topic']) => void;
  readonly onMark: (mark: Mark) => void;
  readonly onFault: (what: string, error: unknown) => void;
}

/** Everything that happens every few seconds, in one order: nothing of it depends on somebody watching. */
export interface Upkeep {
  /** A whole round from now on, after the one under way. Never rejects. */
  run(): Promise<void>;
  readonly instanceCount: number;
  readonly historyState: SelfCost['historyState'];
  /** Whether the rules in force are those that people chose, or their store has not answered for half a minute. */
  readonly knowsRules: boolean;
  /** Ends the rounds with a last write. */
  close(): Promise<void>;
}

/** A process that has not reported for so long is gone; its alerts are ended or taken over. */
const ALIVE_MS = 60_000;
/** No window for so long means that nothing is measured. */
const SILENT_MS = 5_000;
/** How long the shipped rules are held back while those of the store are not known. */
const PATIENCE_MS = 30_000;
const EXPIRE_MS = 600_000;
const ALERT_KEPT_MS = 90 * 86_400_000;
const NOTHING = new Float64Array(CATALOGUE.length).fill(Number.NaN);

/** Starts the rounds. */
export function createUpkeep(parts: UpkeepParts): Upkeep {
  const { recorder, historyStore, history, store, settings, channels, book, clock, identity } = parts;
  let historyState: SelfCost['historyState'] = historyStore === undefined ? 'memory' : 'database';
  let instanceCount = 1;
  let hasBegun = false;
  let hasRules = false;
  let advice: string | undefined;
  const failing = new Set<string>();
  let expiredAt = clock.now();
  let running: Promise<void> | undefined;

  const quietly = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      failing.delete(what);
      return true;
    } catch (error) {
      // Said once until it works again: a database that is away for an hour is one fault, not hundreds.
      if (!failing.has(what)) parts.onFault(what, error);
      failing.add(what);
      return false;
    }
  };

  const setMark = async (mark: Mark): Promise<void> => {
    await history.addMark(mark);
    parts.onMark(mark);
  };

  /** Says that this process and its release are there: once, when the store first answers. */
  const begin = async (): Promise<void> => {
    if (hasBegun) return;
    const { id, startedAt, release } = identity;
    await setMark({ id: `restart:${id}`, at: startedAt, kind: 'restart', label: id, by: id });
    // The same for every process of the release: the first one to set it wins.
    if (release !== '')
      await setMark({ id: `release:${release}`, at: startedAt, kind: 'release', label: release, by: id });
    hasBegun = true;
  };

  const report = async (): Promise<readonly string[]> => {
    await historyStore?.report({ ...identity, lastSeenAt: clock.now() });
    const seen = (await historyStore?.instances(clock.now() - ALIVE_MS)) ?? [];
    const alive = [...new Set([identity.id, ...seen.map(({ id }) => id)])];
    instanceCount = alive.length;
    return alive;
  };

  const tendAlerts = async (): Promise<void> => {
    if (await settings.refresh()) parts.onChanged('rules');
    hasRules = true;
    if (await channels.refresh()) parts.onChanged('channels');
    const alive = await report();
    await book.settled();
    // Take over first: what nobody takes over has nobody left.
    await book.adopt(alive);
    await store.endAbandoned(alive, clock.now());
    await book.maintain();
  };

  /** The advisor verifies and takes back by itself, in any process. */
  const watchAdvice = async (): Promise<void> => {
    if (!parts.hasWatchers()) return;
    const states = (await parts.advisor.list()).map(({ id, state }) => `${id} ${state}`).join();
    if (advice !== undefined && advice !== states) parts.onChanged('recommendations');
    advice = states;
  };

  const expire = async (): Promise<void> => {
    if (clock.now() - expiredAt < EXPIRE_MS) return;
    expiredAt = clock.now();
    await historyStore?.expire(expiredAt);
    await parts.rankingStore?.expire(expiredAt);
    for (const keeper of parts.keepers) await keeper.expire(expiredAt);
    await store.expire(expiredAt - ALERT_KEPT_MS);
  };

  const round = async (): Promise<void> => {
    const at = clock.now();
    if (recorder.recent(at - SILENT_MS).length === 0 && at - identity.startedAt > SILENT_MS) book.observe(NOTHING, at);
    const isWritten = await quietly('history', async () => {
      await recorder.flush();
      await begin();
    });
    if (historyStore !== undefined) historyState = isWritten ? 'database' : 'failed';
    await quietly('rankings', () => parts.rankingRecorder.flush());
    await quietly('alerts', tendAlerts);
    await quietly('seconds of other processes', parts.tendLive);
    await quietly('alert messages', () => channels.deliver());
    await quietly('recommendations', watchAdvice);
    for (const keeper of parts.keepers) await quietly(keeper.name, () => keeper.flush());
    await quietly('expiry of history', expire);
  };

  const runOrJoin = (): Promise<void> => {
    running ??= round().finally(() => {
      running = undefined;
    });
    return running;
  };

  const timer = clock.repeat(parts.flushMs, () => void runOrJoin());
  void runOrJoin();

  return {
    async run() {
      await running;
      await runOrJoin();
    },
    get instanceCount() {
      return instanceCount;
    },
    get historyState() {
      return historyState;
    },
    get knowsRules() {
      return hasRules || clock.now() - identity.startedAt > PATIENCE_MS;
    },
    async close() {
      timer.cancel();
      await running;
      await quietly('history', () => recorder.flush());
      await quietly('rankings', () => parts.rankingRecorder.finish());
      for (const keeper of parts.keepers) await quietly(keeper.name, () => keeper.finish());
      await book.settled();
    },
  };
}
