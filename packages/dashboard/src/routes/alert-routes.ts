import type { Clock } from '@dataguardian/telemetry';
import type { Alert } from '../api/alerts.ts';
import type { StreamChanged } from '../api/stream.ts';
import type { AlertSettings } from '../alerts/alert-settings.ts';
import type { AlertStore } from '../alerts/alert-store.ts';
import { backtest } from '../alerts/backtest.ts';
import { parseRule } from '../alerts/rule.ts';
import type { ChannelBook } from '../channels/channel-book.ts';
import { DashboardError } from '../errors.ts';
import { findCatalogued } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import { cutRange } from '../history/series-question.ts';
import { isRecord } from '../json.ts';
import { toItems, toNumber, toRoute, type DashboardRoute } from './route.ts';

/** What the endpoints read and act on. */
export interface AlertRouteParts {
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly channels: ChannelBook;
  readonly history: History;
  readonly clock: Clock;
  readonly onAlert: (alert: Alert) => void;
  readonly onChanged: (topic: StreamChanged['topic']) => void;
}

const WEEK_MS = 7 * 86_400_000;
/** A point a minute over a week. */
const BACKTEST_POINTS = 10_080;
const MOST_LISTED = 500;
const NOTE_LENGTH = 500;

/** Alerts, their rules, silences and channels. */
export function createAlertRoutes(parts: AlertRouteParts): readonly DashboardRoute[] {
  const { store, settings, channels, history, clock, onAlert, onChanged } = parts;
  const limitOf = (query: Readonly<Record<string, string>>): number =>
    Math.min(MOST_LISTED, Math.max(1, Math.floor(toNumber(query, 'limit', 200))));
  /** Does the work, then tells the pages that a list has changed. */
  const changing =
    (topic: StreamChanged['topic'], handle: DashboardRoute['handle']): DashboardRoute['handle'] =>
    async (input) => {
      const output = await handle(input);
      onChanged(topic);
      return output;
    };
  return [
    toRoute('GET /alerts', 'Alerts that fire or did (?state=open|ended|all)', async ({ query }) => {
      const state = query['state'] ?? 'all';
      if (state !== 'open' && state !== 'ended' && state !== 'all')
        throw new DashboardError('DASHBOARD_BAD_REQUEST', '"state" must be "open", "ended" or "all".');
      return toItems(await store.alerts(state, limitOf(query)));
    }),
    toRoute('POST /alerts/:id/acknowledge', 'Say that somebody takes care', async ({ params, body, by }) => {
      const note = isRecord(body) && typeof body['note'] === 'string' ? body['note'].slice(0, NOTE_LENGTH) : '';
      const alert = await store.acknowledge(params['id'] ?? '', { by, at: clock.now(), note });
      if (alert === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such alert.');
      onAlert(alert);
      return alert;
    }),
    toRoute('GET /alerts/rules', 'Alert rules', () => toItems(settings.rules())),
    toRoute(
      'POST /alerts/rules',
      'Add an alert rule',
      changing('rules', ({ body }) => settings.createRule(body)),
    ),
    toRoute('POST /alerts/rules/backtest', 'Try a rule on the stored history', ({ body }) => tryRule(body)),
    toRoute(
      'PATCH /alerts/rules/:id',
      'Change an alert rule',
      changing('rules', ({ params, body }) => settings.changeRule(params['id'] ?? '', body)),
    ),
    toRoute(
      'DELETE /alerts/rules/:id',
      'Remove an alert rule; a shipped one gets its shipped values back',
      changing('rules', async ({ params }) => {
        await settings.removeRule(params['id'] ?? '');
        return undefined;
      }),
    ),
    toRoute('GET /alerts/silences', 'Silences in force', () => toItems(settings.silences())),
    toRoute(
      'POST /alerts/silences',
      'Keep messages back for a while',
      changing('silences', ({ body, by }) => settings.createSilence(body, by)),
    ),
    toRoute(
      'DELETE /alerts/silences/:id',
      'End a silence',
      changing('silences', async ({ params }) => {
        await settings.removeSilence(params['id'] ?? '');
        return undefined;
      }),
    ),
    toRoute('GET /alerts/channels', 'Channels, without their secrets', () => toItems(channels.list())),
    toRoute(
      'POST /alerts/channels',
      'Add a channel',
      changing('channels', ({ body }) => channels.create(body)),
    ),
    toRoute(
      'PATCH /alerts/channels/:id',
      'Change a channel',
      changing('channels', ({ params, body }) => channels.change(params['id'] ?? '', body)),
    ),
    toRoute(
      'DELETE /alerts/channels/:id',
      'Remove a channel',
      changing('channels', async ({ params }) => {
        await channels.remove(params['id'] ?? '');
        return undefined;
      }),
    ),
    toRoute('POST /alerts/channels/:id/test', 'Send a test message', ({ params }) => channels.test(params['id'] ?? '')),
    toRoute('GET /alerts/deliveries', 'Messages that were sent, and those that could not be', async ({ query }) =>
      toItems(await store.deliveries(limitOf(query))),
    ),
  ];

  async function tryRule(body: unknown): Promise<object> {
    const fields = isRecord(body) ? body : {};
    const rule = parseRule(fields['rule'], { id: 'backtest', name: 'backtest' });
    const now = clock.now();
    const { from = now - WEEK_MS, to = now } = fields;
    if (typeof from !== 'number' || typeof to !== 'number' || !(from < to))
      throw new DashboardError('DASHBOARD_BAD_REQUEST', '"from" and "to" must be times, "from" first.');
    const metric = findCatalogued(rule.metric);
    if (metric === undefined) throw new DashboardError('DASHBOARD_BAD_REQUEST', 'There is no such "metric".');
    const cut = cutRange({ from, to }, BACKTEST_POINTS, now);
    return backtest(rule, { ...cut, values: await history.values(metric, cut) });
  }
}
