import type { Alert, AlertRule, Channel, Delivery, Silence } from '../../../src/api/alerts.ts';
import type { MetricMeta } from '../../../src/api/series.ts';
import { change, read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, duration, figure, moment } from '../format.ts';
import { inMetric, metricName, readMetrics } from '../metric-words.ts';
import type { OpenPage } from '../page.ts';
import { button, card, grid, list, table, wide } from '../parts/parts.ts';
import { texts } from '../text.ts';
import { channelForm } from './channel-form.ts';
import { createRuleForm, type RuleForm } from './rule-form.ts';
import { ruleName } from './rule-names.ts';
import { createSilenceForm } from './silence-form.ts';

/** What fires and has fired, by which rules, told to whom. */
export const openAlerts: OpenPage = (context) => {
  const redo: Act = (method, path, body) => {
    change(method, path, body)
      .then(() => context.say(texts.saved))
      .catch((error: unknown) => context.say(error instanceof Error ? error.message : String(error)))
      .finally(() => void refresh());
  };
  // Forms are made once: what somebody is writing must not be taken away by the next refresh.
  const [open, rules, silences, channels, deliveries] = Array.from({ length: 5 }, () => element('div'));
  const silenceForm = createSilenceForm(redo);
  const ruleBox = element('div');
  let ruleForm: RuleForm | undefined;
  const node = element(
    'div',
    {},
    grid(wide(steady(card(texts.alerts, open))), wide(card(texts.rules, rules, ruleBox))),
    grid(card(texts.silences, silences, silenceForm.node), card(texts.channels, channels, channelForm(redo))),
    grid(wide(card(texts.deliveries, deliveries))),
  );
  const refresh = async (): Promise<void> => {
    const [alertList, ruleList, silenceList, channelList, deliveryList, metrics] = await Promise.all([
      read('GET /alerts', { state: 'all', limit: 50 }),
      read('GET /alerts/rules'),
      read('GET /alerts/silences'),
      read('GET /alerts/channels'),
      read('GET /alerts/deliveries'),
      readMetrics(),
    ]);
    if (ruleForm === undefined) {
      ruleForm = createRuleForm(metrics, redo);
      ruleBox.replaceChildren(ruleForm.node);
    }
    silenceForm.offer(ruleList.items);
    open?.replaceChildren(openAlertsList(alertList.items, metrics, redo));
    rules?.replaceChildren(rulesTable(ruleList.items, metrics, { redo, edit: (rule) => ruleForm?.edit(rule) }));
    silences?.replaceChildren(silencesList(silenceList.items, redo));
    channels?.replaceChildren(channelsList(channelList.items, redo));
    deliveries?.replaceChildren(deliveriesTable(deliveryList.items));
  };
  return { node, refresh };
};

/** As high with no alert as with some: one that fires must not move what somebody reads. */
function steady(part: HTMLElement): HTMLElement {
  part.classList.add('steady');
  part.tabIndex = 0;
  part.setAttribute('role', 'region');
  part.setAttribute('aria-label', texts.alerts);
  return part;
}

/** Changes something, says what came of it, and reads everything again. */
export type Act = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => void;

function openAlertsList(alerts: readonly Alert[], metrics: readonly MetricMeta[], redo: Act): HTMLElement {
  const items = alerts.map((alert) => {
    const { id, ruleId, name, severity, state, metric, firedAt, endedAt, value, peak, acknowledged, silenced } = alert;
    const small = [
      texts.alertState[state],
      endedAt === null ? ago(firedAt) : `${moment(firedAt)} – ${moment(endedAt)}`,
      `${inMetric(metrics, metric, value)}, ${texts.peak} ${inMetric(metrics, metric, peak)}`,
      silenced ? texts.silenced : '',
      acknowledged === null ? '' : `${texts.acknowledgedBy} ${acknowledged.by}`,
    ];
    return element(
      'li',
      { class: state === 'ended' ? 'ended' : severity },
      element('b', {}, ruleName({ id: ruleId, name })),
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
  const shown = list(items, texts.noAlerts);
  shown.classList.add('alert-list');
  return shown;
}

interface RuleActs {
  readonly redo: Act;
  readonly edit: (rule: AlertRule) => void;
}

function rulesTable(
  rules: readonly AlertRule[],
  metrics: readonly MetricMeta[],
  { redo, edit }: RuleActs,
): HTMLElement {
  const condition = ({ metric, kind, comparison, threshold, forMs }: AlertRule): string => {
    const what = `${kind === 'threshold' ? '' : `${texts.kind[kind]} `}${metricName(metrics, metric)}`;
    const limit = kind === 'baseline' ? `${figure(threshold)}×` : inMetric(metrics, metric, threshold);
    const sign = kind === 'absence' ? '' : ` ${comparison === 'above' ? '>' : '<'} ${limit}`;
    return `${what}${sign}${forMs > 0 ? ` ${texts.during(duration(forMs))}` : ''}`;
  };
  const named = (label: string, rule: AlertRule, work: () => void): HTMLButtonElement => {
    const made = button(label, work);
    made.setAttribute('aria-label', `${label}: ${ruleName(rule)}`);
    return made;
  };
  return table(
    texts.rules,
    [
      { title: texts.name, cell: (rule) => ruleName(rule) },
      { title: texts.condition, cell: condition, isText: true },
      {
        title: texts.severity,
        cell: ({ severity }) => element('span', { class: `badge ${severity}` }, texts.severities[severity]),
        isText: true,
      },
      {
        title: texts.active,
        cell: (rule) => {
          const flip = named(rule.enabled ? texts.on : texts.off, rule, () =>
            redo('PATCH', `/alerts/rules/${rule.id}`, { enabled: !rule.enabled }),
          );
          flip.setAttribute('aria-pressed', String(rule.enabled));
          return flip;
        },
      },
      {
        title: texts.change,
        cell: (rule) =>
          element(
            'span',
            { class: 'both' },
            named(texts.edit, rule, () => edit(rule)),
            named(rule.isDefault ? texts.reset : texts.remove, rule, () => redo('DELETE', `/alerts/rules/${rule.id}`)),
          ),
      },
    ],
    rules,
  );
}

function silencesList(silences: readonly Silence[], redo: Act): HTMLElement {
  return list(
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
  );
}

function channelsList(channels: readonly Channel[], redo: Act): HTMLElement {
  return list(
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
  );
}

function deliveriesTable(deliveries: readonly Delivery[]): HTMLElement {
  return table(
    texts.deliveries,
    [
      { title: texts.what, cell: ({ kind }) => texts.delivery[kind] },
      { title: texts.step, cell: ({ state }) => texts.deliveryState[state], isText: true },
      { title: texts.attempts, cell: ({ attemptCount }) => figure(attemptCount) },
      { title: texts.when, cell: ({ createdAt }) => moment(createdAt), isText: true },
      { title: texts.problem, cell: ({ error }) => error ?? '–', isText: true },
    ],
    deliveries.slice(0, 20),
    texts.noDeliveries,
  );
}
