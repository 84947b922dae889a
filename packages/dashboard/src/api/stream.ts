import type { Alert } from './alerts.ts';
import type { Mark } from './series.ts';
import type { TimeRange } from './section.ts';

/**
 * `GET /stream`: server-sent events. A tick's `id:` is its time, which the browser sends back as `Last-Event-ID`;
 * ticks that it already has are not sent again. Events in the order in which they come:
 *
 * | event | data | when |
 * |---|---|---|
 * | `hello` | {@link StreamHello} | first, after each connect |
 * | `names` | `string[]`, order of the values in ticks | after `hello` |
 * | `gap` | {@link TimeRange} | on a resume, when seconds in between are not kept any more or were never measured |
 * | `backlog` | {@link Tick}`[]`, oldest first | once; on a resume only what came after `Last-Event-ID` |
 * | `tick` | {@link Tick} | each second |
 * | `alert` | {@link Alert} | when one fires, recovers, ends, or is acknowledged |
 * | `mark` | {@link Mark} | when one is set |
 * | `changed` | {@link StreamChanged} | when a list should be read again |
 */
export interface StreamEvents {
  readonly hello: StreamHello;
  readonly names: readonly string[];
  readonly gap: TimeRange;
  readonly backlog: readonly Tick[];
  readonly tick: Tick;
  readonly alert: Alert;
  readonly mark: Mark;
  readonly changed: StreamChanged;
}

/** Who is at the other end. */
export interface StreamHello {
  readonly instance: string;
  /** Start of the process; another value than before means that it was restarted. */
  readonly startedAt: number;
  readonly release: string;
  /** Clock of the server, for "as of" and to correct a browser clock that is wrong. */
  readonly at: number;
  readonly stepMs: number;
  /** Live processes; ticks are of all of them, those of others up to two seconds old. */
  readonly instanceCount: number;
}

/** One second: metric values in the order of the `names` event; four significant digits; `null` is not measured. */
export interface Tick {
  readonly at: number;
  readonly values: readonly (number | null)[];
}

/** Which lists have changed. */
export interface StreamChanged {
  readonly topic: 'recommendations' | 'rules' | 'channels' | 'silences' | 'components';
}
