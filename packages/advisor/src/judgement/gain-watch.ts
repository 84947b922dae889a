import type { Clock } from '@dataguardian/telemetry';
import { gainOf } from '../gain.ts';
import type { Proof, Verification } from '../recommendation.ts';
import { judgeGain } from './judge-gain.ts';
import { toVerification } from './to-verification.ts';

/** A short stretch of time in which something was counted. */
export interface GainWindow {
  /** Its end, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
}

/** Where windows come from, and how long a verification may take. */
export interface GainWatchOptions<Window extends GainWindow> {
  /** Windows of the last `spanMs`, oldest first; kept for at least twice `periodMs`. */
  readonly windows: (spanMs: number) => readonly Window[];
  readonly clock: Clock;
  /** Time after the change that is left out. @defaultValue 5_000 */
  readonly settleMs?: number;
  /** Compared on either side of the change; the verdict falls at the latest after this. @defaultValue 100_000 */
  readonly periodMs?: number;
  /** Looks in that time. @defaultValue 4 */
  readonly lookCount?: number;
  /** Windows averaged into one value. @defaultValue 5 */
  readonly batch?: number;
  /** The longest wait for {@link GainMetric.settledAt}. @defaultValue 60_000 */
  readonly longestSettleMs?: number;
}

/** What in a window shows the gain. */
export interface GainMetric<Window extends GainWindow> {
  /** `NaN` where nothing was measured. */
  readonly read: (window: Window) => number;
  /** Something in the same window that the change cannot have touched. */
  readonly control?: (window: Window) => number;
  readonly better: 'lower' | 'higher';
  /** Whether a window before the change shows what was before it. @defaultValue all do */
  readonly isFormer?: (window: Window) => boolean;
  /**
   * When the change had its full effect, epoch milliseconds, from the windows since it; `undefined` while it has not. Until
   * then, and for a look's time after it, only harm is judged. @defaultValue `settleMs` after the change
   */
  readonly settledAt?: (since: readonly Window[]) => number | undefined;
}

/** Judges changes by windows before and after them: for what cannot be put on and off in turns. */
export interface GainWatch<Window extends GainWindow> {
  /**
   * `undefined` until a look decides. Asking between two looks neither helps nor harms: the answer depends on the look
   * alone.
   */
  verify(proof: Proof, appliedAt: number, metric: GainMetric<Window>): Verification | undefined;
  /** The windows before the change that {@link verify} compares with. */
  before(appliedAt: number): readonly Window[];
}

/** Creates a watch over windows. */
export function createGainWatch<Window extends GainWindow>(options: GainWatchOptions<Window>): GainWatch<Window> {
  const { windows: windowsOf, clock, settleMs = 5_000, periodMs = 100_000, lookCount = 4, batch } = options;
  const { longestSettleMs = 60_000 } = options;
  const lookMs = periodMs / lookCount;
  const windowsSince = (appliedAt: number): readonly Window[] => windowsOf(clock.now() - appliedAt + periodMs);
  const isBefore = ({ at }: Window, appliedAt: number): boolean => at >= appliedAt - periodMs && at <= appliedAt;
  return {
    before: (appliedAt) => windowsSince(appliedAt).filter((window) => isBefore(window, appliedAt)),
    verify(proof, appliedAt, { read, control, better, isFormer = () => true, settledAt }) {
      const from = appliedAt + settleMs;
      const look = Math.min(lookCount, Math.floor((clock.now() - from) / lookMs));
      if (look < 1) return undefined;
      const until = from + look * lookMs;
      const windows = windowsSince(appliedAt).filter(({ at }) => at <= until);
      const before = windows.filter((window) => isBefore(window, appliedAt) && isFormer(window));
      const since = (start: number): readonly Window[] =>
        windows.filter(({ at, durationMs }) => at - durationMs >= start);
      const settled = ((): number => {
        if (settledAt === undefined) return from;
        const found = settledAt(since(appliedAt)) ?? Number.POSITIVE_INFINITY;
        return Math.min(Math.max(from, found), appliedAt + longestSettleMs);
      })();
      const isSettled = look === lookCount || until - settled >= lookMs;
      const after = since(isSettled ? settled : from);
      const judgement = judgeGain(
        {
          before: before.map(read),
          after: after.map(read),
          ...(control === undefined ? {} : { control: { before: before.map(control), after: after.map(control) } }),
        },
        { better, predictedGain: gainOf(proof), look, lookCount, ...(batch === undefined ? {} : { batch }) },
      );
      if (!isSettled && judgement.verdict !== 'worse') return undefined;
      return toVerification(judgement, control === undefined ? BEFORE_AFTER : WITH_CONTROL);
    },
  };
}

const BEFORE_AFTER = {
  en: 'rank test of Mann and Whitney over means before and after, shared over the planned looks',
  nl: 'rangtoets van Mann en Whitney over gemiddelden voor en na, verdeeld over de geplande metingen',
};
const WITH_CONTROL = {
  en: `${BEFORE_AFTER.en}, relieved of what a control shows too`,
  nl: `${BEFORE_AFTER.nl}, ontdaan van wat een controle ook laat zien`,
};
