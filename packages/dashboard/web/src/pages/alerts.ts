import type { Alert, AlertRule, Channel, Delivery, Silence } from '../../../src/api/alerts.ts';
import { change, read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, figure, inUnit, moment } from '../format.ts';
import type { OpenPage, PageContext } from '../page.ts';
import { button, card, empty, grid, list, table, wide } from '../parts/parts.ts';
import { language, texts } from '../text.ts';
import { channelForm } from './channel-form.ts';
import { ruleForm, type MetricChoice } from './rule-form.ts';

const HOUR_MS = 3_600_000;

/** What fires and has fired, by which rules, told to whom. */
export const openAlerts: OpenPage = (context) => {
  const node = element('div');
  const refresh = async (): Promise<void> => {
    const [alerts, rules, silences, channels, deliveries, metrics] = await Promise.all([
      read('GET /alerts', { state: 'all', limit: 50 }),
      read('GET /alerts/rules'),
      read('GET /alerts/silences'),
      read('GET /alerts/channels'),
      read('GET /alerts/deliveries'),
      read('GET /metrics'),
    ]);
    // Somebody is typing: what is on screen must not be taken away.
    if (node.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
    const redo = act(context, refresh);
    const choices = metrics.items.map(({ name, unit, label }): MetricChoice => ({
      name,
      unit,
      label: label[language],
    }));
    node.replaceChildren(
      grid(
        wide(openAlertsCard(alerts.items, redo)),
        wide(rulesCard(rules.items, choices, redo)),
        silencesCard(silences.items, redo),
        channelsCard(channels.items, redo),
        wide(deliveriesCard(deliveries.items)),
      ),
    );
  };
  return { node, refresh };
};

/** Changes something, says what came of it, and reads everything again. */
export type Act = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => void;

function act({ say }: PageContext, refresh: () => Promise<void>): Act {
  return (method, path, body) => {
    change(method, path, body)
      .then(() => say(texts.saved))
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
      .finally(() => void refresh());
  };
}

function openAlertsCard(alerts: readonly Alert[], redo: Act): HTMLElement {
  const items = alerts.map(({ id, name, severity, state, firedAt, endedAt, value, peak, acknowledged, silenced }) => {
    const small = [
      texts.alertState[state],
      endedAt === null ? ago(firedAt) : `${moment(firedAt)} – ${moment(endedAt)}`,
      `${figure(value)}, ${texts.peak} ${figure(peak)}`,
      silenced ? texts.silenced : '',
      acknowledged === null ? '' : `${texts.acknowledgedBy} ${acknowledged.by}`,
    ];
    return element(
      'li',
      { class: state === 'ended' ? 'ended' : severity },
      element('b', {}, name),
      element('small', {}, small.filter((part) => part !== '').join(' · ')),
      state !== 'ended' && acknowledged === null
        ? element(
            'span',
            { class: 'actions' },
            button(texts.acknowledge, () => redo('POST', `/alerts/${id}/acknowledge`, {})),
          )
        : undefined,
    );
  });
  return card(texts.alerts, list(items, texts.noAlerts));
}

function rulesCard(rules: readonly AlertRule[], metrics: readonly MetricChoice[], redo: Act): HTMLElement {
  const unitOf = (name: string): string => metrics.find((metric) => metric.name === name)?.unit ?? '';
  return card(
    texts.rules,
    table(
      texts.rules,
      [
        { title: texts.name, cell: ({ name }) => name },
        {
          title: texts.condition,
          cell: ({ metric, kind, comparison, threshold }) =>
            kind === 'absence'
              ? `${texts.kind.absence} ${metric}`
              : `${texts.kind[kind]} ${metric} ${comparison === 'above' ? '>' : '<'} ${kind === 'baseline' ? `${figure(threshold)}×` : inUnit(threshold, unitOf(metric))}`,
          isText: true,
        },
        { title: texts.severity, cell: ({ severity }) => texts.severities[severity], isText: true },
        {
          title: texts.active,
          cell: ({ id, enabled }) =>
            button(enabled ? texts.on : texts.off, () => redo('PATCH', `/alerts/rules/${id}`, { enabled: !enabled })),
        },
        {
          title: texts.silence,
          cell: ({ id, name }) =>
            button(texts.anHour, () =>
              redo('POST', '/alerts/silences', { match: { ruleId: id }, reason: name, until: Date.now() + HOUR_MS }),
            ),
        },
        { title: texts.remove, cell: ({ id }) => button(texts.remove, () => redo('DELETE', `/alerts/rules/${id}`)) },
      ],
      rules,
    ),
    ruleForm(metrics, redo),
  );
}

function silencesCard(silences: readonly Silence[], redo: Act): HTMLElement {
  return card(
    texts.silences,
    list(
      silences.map(({ id, reason, until, by }) =>
        element(
          'li',
          {},
          element('b', {}, reason),
          element('small', {}, `${texts.until} ${moment(until)} · ${by}`),
          element(
            'span',
            { class: 'actions' },
            button(texts.end, () => redo('DELETE', `/alerts/silences/${id}`)),
          ),
        ),
      ),
      texts.noSilences,
    ),
  );
}

function channelsCard(channels: readonly Channel[], redo: Act): HTMLElement {
  return card(
    texts.channels,
    list(
      channels.map(({ id, name, kind, target, minSeverity }) =>
        element(
          'li',
          {},
          element('b', {}, name),
          element('small', {}, `${kind} · ${target} · ${texts.from} ${texts.severities[minSeverity]}`),
          element(
            'span',
            { class: 'actions' },
            button(texts.test, () => redo('POST', `/alerts/channels/${id}/test`)),
            button(texts.remove, () => redo('DELETE', `/alerts/channels/${id}`)),
          ),
        ),
      ),
      texts.noChannels,
    ),
    channelForm(redo),
  );
}

function deliveriesCard(deliveries: readonly Delivery[]): HTMLElement {
  if (deliveries.length === 0) return card(texts.deliveries, empty(texts.noDeliveries));
  return card(
    texts.deliveries,
    table(
      texts.deliveries,
      [
        { title: texts.what, cell: ({ kind }) => texts.delivery[kind] },
        { title: texts.step, cell: ({ state }) => texts.deliveryState[state], isText: true },
        { title: texts.attempts, cell: ({ attemptCount }) => figure(attemptCount) },
        { title: texts.when, cell: ({ createdAt }) => moment(createdAt), isText: true },
        { title: texts.problem, cell: ({ error }) => error ?? '–', isText: true },
      ],
      deliveries.slice(0, 20),
    ),
  );
}
