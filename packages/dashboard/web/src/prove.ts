import { element } from './dom.ts';
import { button } from './parts/parts.ts';
import { texts } from './text.ts';

interface Refusal {
  readonly code?: string;
  readonly detail?: string;
}

/**
 * Asks who is signed in for the password, and for a code where the host wants one, and sends them to `path` of this
 * origin. Says whether they were taken.
 */
export function prove(path: string): Promise<boolean> {
  const password = element('input', { type: 'password', name: 'password', autocomplete: 'current-password' });
  const code = element('input', { type: 'text', name: 'code', autocomplete: 'one-time-code' });
  const codeField = element('label', { hidden: '' }, element('span', {}, texts.proofCode), code);
  const said = element('p', { class: 'said', role: 'alert' });
  const opener = document.activeElement;

  return new Promise((resolve) => {
    const end = (isProved: boolean): void => {
      dialog.close();
      dialog.remove();
      if (opener instanceof HTMLElement) opener.focus();
      resolve(isProved);
    };
    const submit = async (): Promise<void> => {
      const refusal = await send(path, {
        password: password.value,
        ...(code.value === '' ? {} : { code: code.value }),
      });
      if (refusal === undefined) {
        end(true);
        return;
      }
      if (refusal.code === 'SECOND_FACTOR_NEEDED') {
        said.textContent = '';
        codeField.hidden = false;
        code.focus();
        return;
      }
      said.textContent = refusal.code === 'PASSWORD_WRONG' ? texts.proofWrong : (refusal.detail ?? texts.proofFailed);
      password.focus();
    };
    const form = element(
      'form',
      {
        class: 'form',
        submit: (event) => {
          event.preventDefault();
          void submit();
        },
      },
      element('p', { class: 'said' }, texts.proofText),
      element('label', {}, element('span', {}, texts.proofPassword), password),
      codeField,
      said,
      button(texts.cancel, () => end(false)),
      element('button', { type: 'submit', class: 'primary' }, texts.proofDo),
    );
    const title = element('h2', { id: 'proof-title' }, texts.proofTitle);
    const dialog = element('dialog', { class: 'card proof', 'aria-labelledby': 'proof-title' }, title, form);
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    password.focus();
  });
}

/** `undefined` when the proof was taken. */
async function send(path: string, body: object): Promise<Refusal | undefined> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  if (answer?.ok === true) return undefined;
  const said: unknown = await answer?.json().catch(() => undefined);
  if (typeof said !== 'object' || said === null) return {};
  return {
    ...('code' in said && typeof said.code === 'string' ? { code: said.code } : {}),
    ...('detail' in said && typeof said.detail === 'string' ? { detail: said.detail } : {}),
  };
}
