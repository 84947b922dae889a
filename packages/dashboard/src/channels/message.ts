import type { Alert, Delivery } from '../api/alerts.ts';

/** What a channel is to say. Holds metric names and figures only: no personal data, no statements, no addresses. */
export interface Message {
  /** The same for every attempt, so that a receiver can drop a repetition. */
  readonly id: string;
  readonly kind: Delivery['kind'];
  /** `undefined` in a test message. */
  readonly alert: Alert | undefined;
  /** Name of the service, for receivers that hear of several. */
  readonly service: string;
  /** Address of the dashboard, when known. */
  readonly url: string | undefined;
  readonly at: number;
}

/** One line that says it all. */
export function toTitle({ kind, alert, service }: Message): string {
  if (alert === undefined) return `[${service}] Test message: this channel works`;
  if (kind === 'ended') return `[${service}] Ended: ${alert.name}`;
  return `[${service}] ${alert.severity}: ${alert.name}`;
}

/** The lines below the title. */
export function toLines({ kind, alert, url }: Message): readonly string[] {
  if (alert === undefined) return ['Nothing is wrong. Somebody pressed "Test" on the alerts page.', ...toLink(url)];
  const { metric, value, peak, firedAt, endedAt, relapseCount, detail } = alert;
  const since = new Date(firedAt).toISOString();
  const lines =
    kind === 'ended' && endedAt !== null
      ? [`Lasted ${toDuration(endedAt - firedAt)}, from ${since} to ${new Date(endedAt).toISOString()}.`]
      : [`Since ${since}.`];
  return [
    ...lines,
    ...(detail === '' ? [] : [detail]),
    `${metric} was ${toFigure(value)} when it began; the worst was ${toFigure(peak)}.`,
    ...(relapseCount > 0 ? [`Unstable: it came back ${relapseCount} times.`] : []),
    ...toLink(url),
  ];
}

function toLink(url: string | undefined): string[] {
  return url === undefined ? [] : [url];
}

function toFigure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function toDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
