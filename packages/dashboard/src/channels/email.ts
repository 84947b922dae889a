import { createTransport } from 'nodemailer';
import type { EmailSettings } from './channel-settings.ts';
import { toLines, toTitle, type Message } from './message.ts';

const DEADLINE_MS = 15_000;

/** Sends one mail over SMTP. @throws Error without credentials when the server refuses or does not answer */
export async function sendEmail(settings: EmailSettings, message: Message): Promise<void> {
  const { host, port, secure, user, password, from, to } = settings;
  const transport = createTransport({
    host,
    port,
    secure,
    // A password never crosses the network in the clear.
    requireTLS: !secure && password !== '',
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === '' ? {} : { auth: { user, pass: password } }),
  });
  const failure = await transport
    .sendMail({
      from,
      to: [...to],
      subject: toTitle(message),
      text: `${toLines(message).join('\n')}\n`,
      // Receivers drop a repetition with the same identifier.
      messageId: `<${message.id.replaceAll(/[^\w.-]/g, '-')}@dataguardian.invalid>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    .then(() => undefined, describe);
  transport.close();
  if (failure !== undefined) throw new Error(`The mail server did not take the message${failure}.`);
}

/** The code alone: a server's answer may repeat the user name or the recipients. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reply =
    'responseCode' in error && typeof error.responseCode === 'number' ? `, reply ${error.responseCode}` : '';
  return code === '' ? reply : ` (${code}${reply})`;
}
