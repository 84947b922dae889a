import type { AlertRule } from '../../../src/api/alerts.ts';
import { element } from '../dom.ts';
import { texts } from '../text.ts';
import type { Act } from './alerts.ts';
import { ruleName } from './rule-names.ts';
import { field, select } from './rule-form.ts';

const HOUR_MS = 3_600_000;

/** Keeps messages back: of one rule, one group, one severity, or all; for how long, and why. */
export function createSilenceForm(redo: Act): {
  readonly node: HTMLElement;
  readonly offer: (rules: readonly AlertRule[]) => void;
} {
  const rule = select([['', texts.everything]]);
  const group = select([['', texts.everything]]);
  const severity = select([
    ['', texts.everything],
    ...(['info', 'warning', 'critical'] as const).map((value) => [value, texts.severities[value]] as const),
  ]);
  const hours = element('input', { type: 'number', min: '0.25', max: '720', step: '0.25', value: '1', required: '' });
  const reason = element('input', { type: 'text', required: '', maxlength: '200' });
  const form = element(
    'form',
    {
      class: 'form',
      submit: (event) => {
        event.preventDefault();
        redo('POST', '/alerts/silences', {
          match: {
            ...(rule.value === '' ? {} : { ruleId: rule.value }),
            ...(group.value === '' ? {} : { group: group.value }),
            ...(severity.value === '' ? {} : { severity: severity.value }),
          },
          reason: reason.value,
          until: Date.now() + Number(hours.value) * HOUR_MS,
        });
        form.reset();
        node.open = false;
      },
    },
    field(texts.rule, rule),
    field(texts.group, group),
    field(texts.severity, severity),
    field(texts.hours, hours),
    field(texts.reason, reason),
    element('p', { class: 'actions' }, element('button', { type: 'submit', class: 'primary' }, texts.silence)),
  );
  const node = element('details', {}, element('summary', {}, texts.newSilence), form);
  const fill = (list: HTMLSelectElement, options: readonly (readonly [value: string, label: string])[]): void => {
    if (list.options.length === options.length + 1) return;
    const chosen = list.value;
    list.replaceChildren(...select([['', texts.everything], ...options]).children);
    list.value = chosen;
  };
  return {
    node,
    offer(rules) {
      fill(
        rule,
        rules.map((each) => [each.id, ruleName(each)]),
      );
      fill(
        group,
        [...new Set(rules.map((each) => each.group))].map((each) => [each, each]),
      );
    },
  };
}
