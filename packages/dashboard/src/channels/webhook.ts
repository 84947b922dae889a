import { createHmac } from 'node:crypto';
import type { SlackSettings, WebhookSettings } from './channel-settings.ts';
import { toLines, toTitle, type Message } from './message.ts';

/** How long a receiver may take. */
const DEADLINE_MS = 10_000;

/**
 * Header `x-dataguardian-signature`: `t=<epoch seconds>,v1=<hex>`, where the hex is HMAC-SHA-256 of `<t>.<body>` under
 * the channel's secret. Receivers compare in constant time and refuse a `t` older than five minutes.
 */
export function signWebhook(secret: string, body: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** Posts the alert as JSON. @throws Error without the address when the receiver does not answer 2xx */
export async function sendWebhook({ url, secret }: WebhookSettings, message: Message): Promise<void> {
  const { id, kind, alert, service, at } = message;
  const body = JSON.stringify({
    id,
    kind,
    service,
    at,
    title: toTitle(message),
    text: toLines(message).join('\n'),
    url: message.url ?? null,
    alert: alert ?? null,
  });
  await post(url, body, {
    'x-dataguardian-signature': signWebhook(secret, body, at),
    'idempotency-key': id,
  });
}

/** Posts text as Slack's incoming webhooks take it. @throws Error as {@link sendWebhook} */
export async function sendSlack({ url }: SlackSettings, message: Message): Promise<void> {
  const [title, ...lines] = [toTitle(message), ...toLines(message)].map(escapeSlack);
  await post(url, JSON.stringify({ text: `*${title}*\n${lines.join('\n')}` }), {});
}

/** Slack reads these three as markup: api.slack.com, Formatting text, "Escaping text". */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'dataguardian-dashboard', ...headers },
    body,
    // A redirect could lead the signed body to somebody else.
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch(describe);
  if (typeof answer === 'string') throw new Error(answer);
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`The receiver answered ${answer.status}.`);
}

/** Says what happened without the error itself, whose message may hold the address, and with it a token. */
function describe(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'The receiver did not answer in time.';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `The receiver cannot be reached${code}.`;
}
