import { randomBytes, randomUUID } from 'node:crypto';
import type { AlertRule, Channel, CreatedChannel, Delivery } from '../api/alerts.ts';
import type { AlertStore, ClaimedDelivery } from '../alerts/alert-store.ts';
import { DashboardError } from '../errors.ts';
import { isRecord } from '../json.ts';
import { isHeardBy, parseChannel, toChannel, type ChannelSettings } from './channel-settings.ts';
import { sendEmail } from './email.ts';
import type { Message } from './message.ts';
import type { Seal } from './seal.ts';
import { sendSlack, sendWebhook } from './webhook.ts';

/** What the book works with. */
export interface ChannelBookParts {
  readonly store: AlertStore;
  readonly now: () => number;
  /** Absent: settings are stored as they are. */
  readonly seal: Seal | undefined;
  readonly service: string;
  readonly url: string | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Channels, and the messages that go out over them. */
export interface ChannelBook {
  list(): readonly Channel[];
  /** Ids of the channels that hear of this rule's alerts. */
  route(rule: AlertRule): readonly string[];
  /** @throws DashboardError DASHBOARD_BAD_REQUEST */
  create(input: unknown): Promise<CreatedChannel>;
  /** @throws DashboardError DASHBOARD_NOT_FOUND, DASHBOARD_BAD_REQUEST */
  change(id: string, input: unknown): Promise<Channel>;
  /** @throws DashboardError DASHBOARD_NOT_FOUND */
  remove(id: string): Promise<void>;
  /** Sends a message now; its outcome is in the delivery. @throws DashboardError DASHBOARD_NOT_FOUND */
  test(id: string): Promise<Delivery>;
  /** Sends everything that is due, once whatever the number of processes. Overlapping calls share one run. */
  deliver(): Promise<void>;
  /** Reads what other processes changed. */
  refresh(): Promise<boolean>;
}

const LEASE_MS = 60_000;
/** Waits between attempts; after the last the message has failed. */
const RETRY_MS = [10_000, 60_000, 300_000, 1_800_000] as const;
const SECRET_BYTES = 32;

/** Creates the book of one process. */
export function createChannelBook(parts: ChannelBookParts): ChannelBook {
  const { store, now, seal, service, url, onFault } = parts;
  let channels: ReadonlyMap<string, ChannelSettings> = new Map();
  let seen = '';
  let running: Promise<void> | undefined;

  const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

  const toBody = (settings: ChannelSettings): unknown =>
    seal === undefined ? settings : { sealed: seal.seal(JSON.stringify(settings)) };

  const fromBody = (id: string, body: unknown): ChannelSettings | undefined => {
    try {
      const sealed = isRecord(body) ? body['sealed'] : undefined;
      const plain: unknown = typeof sealed === 'string' ? JSON.parse(seal?.open(sealed) ?? 'null') : body;
      return parseChannel(plain, { id }, newSecret);
    } catch {
      onFault(new Error('A channel cannot be read: it was stored under another secret. Remove it and make it again.'));
      return undefined;
    }
  };

  const refresh = async (): Promise<boolean> => {
    const documents = await store.documents('channel');
    const state = JSON.stringify(documents);
    if (state === seen) return false;
    seen = state;
    channels = new Map(
      documents.flatMap(({ id, body }) => {
        const settings = fromBody(id, body);
        return settings === undefined ? [] : [[id, settings]];
      }),
    );
    return true;
  };

  const find = (id: string): ChannelSettings => {
    const settings = channels.get(id);
    if (settings === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such channel.');
    return settings;
  };

  const keep = async (settings: ChannelSettings): Promise<void> => {
    await store.putDocument('channel', { id: settings.id, body: toBody(settings) });
    await refresh();
  };

  const send = (settings: ChannelSettings, message: Message): Promise<void> => {
    switch (settings.kind) {
      case 'webhook':
        return sendWebhook(settings, message);
      case 'slack':
        return sendSlack(settings, message);
      case 'email':
        return sendEmail(settings, message);
    }
  };

  const attempt = async ({ alert, ...delivery }: ClaimedDelivery): Promise<Delivery> => {
    const settings = channels.get(delivery.channelId);
    const attemptCount = delivery.attemptCount + 1;
    if (settings === undefined) return { ...delivery, attemptCount, state: 'failed', error: 'The channel is gone.' };
    try {
      await send(settings, { id: delivery.id, kind: delivery.kind, alert, service, url, at: now() });
      return { ...delivery, attemptCount, state: 'sent', sentAt: now(), error: null };
    } catch (error) {
      const isLast = attemptCount > RETRY_MS.length || delivery.kind === 'test';
      const reason = error instanceof Error ? error.message : 'unknown';
      return { ...delivery, attemptCount, state: isLast ? 'failed' : 'waiting', error: reason };
    }
  };

  const deliverAll = async (): Promise<void> => {
    const claimed = await store.claimDeliveries(now(), LEASE_MS);
    await Promise.all(
      claimed.map(async (delivery) => {
        const settled = await attempt(delivery);
        await store.settleDelivery(settled, now() + (RETRY_MS[settled.attemptCount - 1] ?? 0));
      }),
    );
  };

  return {
    list: () => [...channels.values()].map(toChannel),
    route: ({ severity, channels: wanted }) =>
      [...channels.values()]
        .filter((settings) => isHeardBy(settings, severity) && (wanted.length === 0 || wanted.includes(settings.id)))
        .map(({ id }) => id),
    async create(input) {
      const settings = parseChannel(input, { id: randomUUID() }, newSecret);
      await keep(settings);
      const hadSecret = isRecord(input) && typeof input['secret'] === 'string' && input['secret'] !== '';
      const shown = settings.kind === 'webhook' && !hadSecret ? { secret: settings.secret } : {};
      return { ...toChannel(settings), ...shown };
    },
    async change(id, input) {
      const settings = parseChannel(input, find(id), newSecret);
      await keep(settings);
      return toChannel(settings);
    },
    async remove(id) {
      find(id);
      await store.removeDocument('channel', id);
      await refresh();
    },
    async test(id) {
      find(id);
      const at = now();
      const delivery: ClaimedDelivery = {
        id: `test:${randomUUID()}`,
        alertId: null,
        channelId: id,
        kind: 'test',
        state: 'waiting',
        attemptCount: 0,
        createdAt: at,
        sentAt: null,
        error: null,
        alert: undefined,
      };
      const settled = await attempt(delivery);
      await store.addDelivery(settled);
      return settled;
    },
    deliver() {
      running ??= deliverAll().finally(() => {
        running = undefined;
      });
      return running;
    },
    refresh,
  };
}
