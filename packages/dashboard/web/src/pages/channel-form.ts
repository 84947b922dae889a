import { element } from '../dom.ts';
import { texts } from '../text.ts';
import type { Act } from './alerts.ts';
import { field, select } from './rule-form.ts';

/** Where messages go: a webhook, a Slack-compatible address, or mail. */
export function channelForm(redo: Act): HTMLElement {
  const name = element('input', { type: 'text', required: '', maxlength: '80' });
  const kind = select([
    ['webhook', texts.webhook],
    ['slack', 'Slack'],
    ['email', texts.email],
  ]);
  const severity = select((['info', 'warning', 'critical'] as const).map((value) => [value, texts.severities[value]]));
  severity.value = 'warning';
  const url = element('input', { type: 'url', autocomplete: 'off' });
  const host = element('input', { type: 'text', autocomplete: 'off' });
  const port = element('input', { type: 'number', value: '587', min: '1', max: '65535' });
  const user = element('input', { type: 'text', autocomplete: 'off' });
  const password = element('input', { type: 'password', autocomplete: 'new-password' });
  const from = element('input', { type: 'email' });
  const to = element('input', { type: 'text' });
  const address = element('div', { class: 'form' }, field(texts.url, url));
  const mail = element(
    'div',
    { class: 'form', hidden: '' },
    field(texts.mailServer, host),
    field(texts.port, port),
    field(texts.user, user),
    field(texts.password, password),
    field(texts.sender, from),
    field(texts.recipients, to),
  );
  kind.addEventListener('change', () => {
    address.hidden = kind.value === 'email';
    mail.hidden = kind.value !== 'email';
  });
  const body = (): object => {
    const common = { name: name.value, kind: kind.value, minSeverity: severity.value };
    if (kind.value !== 'email') return { ...common, url: url.value };
    return {
      ...common,
      host: host.value,
      port: Number(port.value),
      from: from.value,
      to: to.value.split(/[\s,;]+/).filter((part) => part !== ''),
      ...(user.value === '' ? {} : { user: user.value, password: password.value }),
    };
  };
  return element(
    'details',
    {},
    element('summary', {}, texts.newChannel),
    element(
      'form',
      {
        class: 'form',
        submit: (event) => {
          event.preventDefault();
          redo('POST', '/alerts/channels', body());
        },
      },
      field(texts.name, name),
      field(texts.channelKind, kind),
      field(texts.severity, severity),
      address,
      mail,
      element('p', { class: 'actions' }, element('button', { type: 'submit', class: 'primary' }, texts.saveChannel)),
    ),
  );
}
