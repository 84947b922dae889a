import type { AlertRule, BacktestAnswer } from '../../../src/api/alerts.ts';
import type { MetricMeta } from '../../../src/api/series.ts';
import { change } from '../api.ts';
import { element } from '../dom.ts';
import { duration, percent } from '../format.ts';
import { button } from '../parts/parts.ts';
import { language, texts } from '../text.ts';
import type { Act } from './alerts.ts';

const SECOND_MS = 1_000;

/** A rule that is written or changed, and tried on the history before it is saved. */
export interface RuleForm {
  readonly node: HTMLDetailsElement;
  /** Fills in a rule to be changed. */
  edit(rule: AlertRule): void;
}

export function createRuleForm(metrics: readonly MetricMeta[], redo: Act): RuleForm {
  const name = element('input', { type: 'text', required: '', maxlength: '80' });
  const metric = select(metrics.map((each) => [each.name, each.label[language]]));
  const kind = select(
    (['threshold', 'rate', 'baseline', 'absence'] as const).map((value) => [value, texts.kind[value]]),
  );
  const comparison = select([
    ['above', texts.above],
    ['below', texts.below],
  ]);
  const threshold = number('1');
  const recovery = element('input', { type: 'number', step: 'any', placeholder: texts.sameAsThreshold });
  const forSeconds = number('60', '0');
  const clearSeconds = number('300', '0');
  const overSeconds = number('3600', '60');
  const severity = select((['info', 'warning', 'critical'] as const).map((value) => [value, texts.severities[value]]));
  severity.value = 'warning';
  const group = element('input', { type: 'text', maxlength: '80', placeholder: texts.groupOfMetric });
  const noData = select([
    ['keep', texts.noDataKeep],
    ['ok', texts.noDataOk],
  ]);
  const outcome = element('p', { role: 'status', class: 'said' });
  let changed: AlertRule | undefined;

  const rule = (): object => ({
    name: name.value,
    metric: metric.value,
    kind: kind.value,
    comparison: comparison.value,
    threshold: Number(threshold.value),
    recovery: Number(recovery.value === '' ? threshold.value : recovery.value),
    forMs: Number(forSeconds.value) * SECOND_MS,
    clearForMs: Number(clearSeconds.value) * SECOND_MS,
    overMs: Number(overSeconds.value) * SECOND_MS,
    severity: severity.value,
    noData: noData.value,
    ...(group.value === '' ? {} : { group: group.value }),
  });
  const tryOut = async (): Promise<void> => {
    outcome.textContent = texts.trying;
    try {
      // The path's answer, as `api.ts` of the server has it.
      const found = (await change('POST', '/alerts/rules/backtest', {
        rule: { ...rule(), name: name.value || texts.newRule },
      })) as BacktestAnswer;
      outcome.textContent =
        found.coverageRatio === 0
          ? texts.noHistory
          : texts.wouldHaveFired(
              String(found.firedCount),
              duration(found.to - found.from),
              duration(found.firingMs),
              percent(found.coverageRatio),
            );
    } catch (error) {
      outcome.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const summary = element('summary', {}, texts.newRule);
  const form = element(
    'form',
    {
      class: 'form',
      submit: (event) => {
        event.preventDefault();
        if (changed === undefined) redo('POST', '/alerts/rules', rule());
        else redo('PATCH', `/alerts/rules/${changed.id}`, rule());
        reset();
      },
    },
    field(texts.name, name),
    field(texts.metric, metric),
    field(texts.condition, kind),
    field(texts.comparison, comparison),
    field(texts.threshold, threshold),
    field(texts.forSeconds, forSeconds),
    field(texts.severity, severity),
    field(texts.recoveryAt, recovery),
    field(texts.clearSeconds, clearSeconds),
    field(texts.overSeconds, overSeconds),
    field(texts.group, group),
    field(texts.noData, noData),
    element(
      'p',
      { class: 'actions' },
      button(texts.tryOut, () => void tryOut()),
      element('button', { type: 'submit', class: 'primary' }, texts.saveRule),
    ),
    outcome,
  );
  const node = element('details', {}, summary, form);
  const reset = (): void => {
    changed = undefined;
    form.reset();
    severity.value = 'warning';
    summary.textContent = texts.newRule;
    outcome.textContent = '';
    node.open = false;
  };
  return {
    node,
    edit(chosen) {
      changed = chosen;
      summary.textContent = `${texts.edit}: ${chosen.name}`;
      name.value = chosen.name;
      metric.value = chosen.metric;
      kind.value = chosen.kind;
      comparison.value = chosen.comparison;
      threshold.value = String(chosen.threshold);
      recovery.value = String(chosen.recovery);
      forSeconds.value = String(chosen.forMs / SECOND_MS);
      clearSeconds.value = String(chosen.clearForMs / SECOND_MS);
      overSeconds.value = String(chosen.overMs / SECOND_MS);
      severity.value = chosen.severity;
      group.value = chosen.group;
      noData.value = chosen.noData;
      outcome.textContent = '';
      node.open = true;
      name.focus();
      node.scrollIntoView({ block: 'nearest' });
    },
  };
}

function number(value: string, min?: string): HTMLInputElement {
  return element('input', { type: 'number', step: 'any', value, min, required: '' });
}

export function field(label: string, control: HTMLElement): HTMLElement {
  return element('label', {}, element('span', {}, label), control);
}

export function select(options: readonly (readonly [value: string, label: string])[]): HTMLSelectElement {
  return element('select', {}, ...options.map(([value, label]) => element('option', { value }, label)));
}
