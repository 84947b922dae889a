import type { Channel, Severity } from '../api/alerts.ts';
import { DashboardError } from '../errors.ts';
import { isRecord } from '../json.ts';

interface Common {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly minSeverity: Severity;
}

/** A webhook: JSON over POST, signed. */
export interface WebhookSettings extends Common {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: string;
}

/** An incoming webhook as Slack, Mattermost, Rocket.Chat and others have it; its address is the secret. */
export interface SlackSettings extends Common {
  readonly kind: 'slack';
  readonly url: string;
}

/** Mail over SMTP. */
export interface EmailSettings extends Common {
  readonly kind: 'email';
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS when the server offers it, and always when there is a password. */
  readonly secure: boolean;
  readonly user: string;
  readonly password: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** A channel with everything that sending takes. Never leaves the server. */
export type ChannelSettings = WebhookSettings | SlackSettings | EmailSettings;

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
const ADDRESS = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/;
const MOST_RECIPIENTS = 20;

/** Whether an alert of that severity is sent to the channel. */
export function isHeardBy({ enabled, minSeverity }: Common, severity: Severity): boolean {
  return enabled && RANK[severity] >= RANK[minSeverity];
}

/** The channel as administrators may see it: an address may hold a token, so its host alone is shown. */
export function toChannel(settings: ChannelSettings): Channel {
  const { id, name, kind, enabled, minSeverity } = settings;
  const target = settings.kind === 'email' ? settings.to.join(', ') : new URL(settings.url).host;
  const hasSecret = settings.kind === 'email' ? settings.password !== '' : true;
  return { id, name, kind, enabled, minSeverity, target, hasSecret };
}

/**
 * Reads a channel from a request or the store; what is left out comes from `base`.
 * @param newSecret Makes the key of a webhook that has none.
 * @throws DashboardError DASHBOARD_BAD_REQUEST listing every problem, never a value
 */
export function parseChannel(
  input: unknown,
  base: Partial<ChannelSettings> & { readonly id: string },
  newSecret: () => string,
): ChannelSettings {
  const problems: string[] = [];
  const given = isRecord(input) ? input : {};
  const fields: Readonly<Record<string, unknown>> = { ...base, ...given };
  const text = (name: string, mostLength = 200): string => {
    const value = fields[name];
    if (typeof value === 'string' && value.trim() !== '' && value.length <= mostLength && !/[\r\n]/.test(value))
      return value.trim();
    problems.push(`"${name}" must be a text of 1 to ${mostLength} characters on one line`);
    return '';
  };
  const optional = (name: string): string => (fields[name] === undefined || fields[name] === '' ? '' : text(name, 500));
  const flag = (name: string, fallback: boolean): boolean => {
    const value = fields[name] ?? fallback;
    if (typeof value !== 'boolean') problems.push(`"${name}" must be true or false`);
    return value === true;
  };
  const severity = fields['minSeverity'] ?? 'info';
  const isSeverity = severity === 'info' || severity === 'warning' || severity === 'critical';
  if (!isSeverity) problems.push('"minSeverity" must be "info", "warning" or "critical"');
  if (base.kind !== undefined && given['kind'] !== undefined && given['kind'] !== base.kind)
    problems.push('"kind" cannot be changed; make another channel');
  const common: Common = {
    id: base.id,
    name: text('name'),
    enabled: flag('enabled', true),
    minSeverity: isSeverity ? severity : 'info',
  };
  const finish = (settings: ChannelSettings): ChannelSettings => {
    if (problems.length > 0) throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
    return settings;
  };
  switch (fields['kind']) {
    case 'webhook':
      return finish({
        ...common,
        kind: 'webhook',
        url: parseUrl(fields['url'], problems),
        secret: optional('secret') || newSecret(),
      });
    case 'slack':
      return finish({ ...common, kind: 'slack', url: parseUrl(fields['url'], problems) });
    case 'email':
      return finish({
        ...common,
        kind: 'email',
        host: text('host', 255),
        port: parsePort(fields['port'], problems),
        secure: flag('secure', false),
        user: optional('user'),
        password: optional('password'),
        from: parseAddresses([fields['from']], problems)[0] ?? '',
        to: parseAddresses(fields['to'], problems),
      });
    default:
      problems.push('"kind" must be "webhook", "slack" or "email"');
      throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
  }
}

function parseUrl(value: unknown, problems: string[]): string {
  const url = typeof value === 'string' && value.length <= 2_000 && URL.canParse(value) ? new URL(value) : undefined;
  const isLocal = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url.href;
  problems.push('"url" must be an https address, or an http address of this machine');
  return '';
}

function parsePort(value: unknown, problems: string[]): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536) return value;
  problems.push('"port" must be a whole number from 1 to 65535');
  return 0;
}

function parseAddresses(value: unknown, problems: string[]): readonly string[] {
  const addresses = Array.isArray(value) ? value : [];
  const isRight = addresses.length > 0 && addresses.length <= MOST_RECIPIENTS;
  if (isRight && addresses.every((one): one is string => typeof one === 'string' && ADDRESS.test(one)))
    return addresses;
  problems.push(`"from" and "to" must be e-mail addresses, at most ${MOST_RECIPIENTS}`);
  return [];
}
