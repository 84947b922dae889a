import type { BacktestAnswer } from '../../../src/api/alerts.ts';
import { change } from '../api.ts';
import { element } from '../dom.ts';
import { duration, percent } from '../format.ts';
import { button } from '../parts/parts.ts';
import { texts } from '../text.ts';
import type { Act } from './alerts.ts';

/** A metric that a rule can watch. */
export interface MetricChoice {
  readonly name: string;
  readonly unit: string;
  readonly label: string;
}

const SECOND_MS = 1_000;

/** A new rule, tried on the history before it is saved. */
export function ruleForm(metrics: readonly MetricChoice[], redo: Act): HTMLElement {
  const name = element('input', { type: 'text', required: '', maxlength: '80' });
  const metric = select(metrics.map(({ name: value, label }) => [value, label]));
  const kind = select(
    (['threshold', 'rate', 'baseline', 'absence'] as const).map((value) => [value, texts.kind[value]]),
  );
  const comparison = select([
    ['above', texts.above],
    ['below', texts.below],
  ]);
  const threshold = element('input', { type: 'number', step: 'any', value: '1', required: '' });
  const forSeconds = element('input', { type: 'number', min: '0', value: '60', required: '' });
  const severity = select((['info', 'warning', 'critical'] as const).map((value) => [value, texts.severities[value]]));
  severity.value = 'warning';
  const outcome = element('p', { role: 'status', class: 'said' });
  const rule = (): object => ({
    name: name.value,
    metric: metric.value,
    kind: kind.value,
    comparison: comparison.value,
    threshold: Number(threshold.value),
    forMs: Number(forSeconds.value) * SECOND_MS,
    severity: severity.value,
  });
  const tryOut = async (): Promise<void> => {
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
  const form = element(
    'form',
    {
      class: 'form',
      submit: (event) => {
        event.preventDefault();
        redo('POST', '/alerts/rules', rule());
      },
    },
    field(texts.name, name),
    field(texts.metric, metric),
    field(texts.condition, kind),
    field(texts.comparison, comparison),
    field(texts.threshold, threshold),
    field(texts.forSeconds, forSeconds),
    field(texts.severity, severity),
    element(
      'p',
      { class: 'actions' },
      button(texts.tryOut, () => void tryOut()),
      element('button', { type: 'submit', class: 'primary' }, texts.saveRule),
    ),
    outcome,
  );
  return element('details', {}, element('summary', {}, texts.newRule), form);
}

export function field(label: string, control: HTMLElement): HTMLElement {
  return element('label', {}, element('span', {}, label), control);
}

export function select(options: readonly (readonly [value: string, label: string])[]): HTMLSelectElement {
  return element('select', {}, ...options.map(([value, label]) => element('option', { value }, label)));
}
