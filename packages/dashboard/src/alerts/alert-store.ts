import type { Alert, Delivery } from '../api/alerts.ts';

/** Kinds of documents that people make. */
export type DocumentKind = 'rule' | 'silence' | 'channel';

/** A document as it is kept. */
export interface StoredDocument {
  readonly id: string;
  readonly body: unknown;
}

/** What one process says about an open alert. */
export interface AlertProgress {
  readonly id: string;
  readonly instance: string;
  readonly state: 'firing' | 'recovering';
  readonly peak: number;
  readonly relapseCount: number;
}

/** A message that is due, claimed by this process. */
export type ClaimedDelivery = Delivery & { readonly alert: Alert | undefined };

/**
 * Where alerts, their messages, and what people decide about them are kept. Every method that begins or ends an
 * episode is atomic: whatever the number of processes, one of them begins it, one ends it, and each message exists once.
 */
export interface AlertStore {
  documents(kind: DocumentKind): Promise<readonly StoredDocument[]>;
  putDocument(kind: DocumentKind, document: StoredDocument): Promise<void>;
  /** Says whether it was there. */
  removeDocument(kind: DocumentKind, id: string): Promise<boolean>;

  /** Opens the alert, with messages to `channelIds`, or joins the rule's open one, without. */
  fire(alert: Alert, channelIds: readonly string[]): Promise<{ readonly alert: Alert; readonly isNew: boolean }>;
  /** `undefined` when it is not open any more. */
  progress(progress: AlertProgress): Promise<Alert | undefined>;
  /**
   * Takes the process out of the alert. The last one ends it, with messages to the channels that heard of its start;
   * `undefined` for all others.
   */
  end(id: string, instance: string, endedAt: number): Promise<Alert | undefined>;
  /** Takes processes that are not `alive` out of open alerts; gives those that ended thereby. */
  endAbandoned(alive: readonly string[], endedAt: number): Promise<readonly Alert[]>;
  /** Sends the messages that a silence kept back. */
  unsilence(id: string, channelIds: readonly string[], at: number): Promise<void>;
  /** Open ones first, then newest first. */
  alerts(which: 'open' | 'ended' | 'all', limit: number): Promise<readonly Alert[]>;
  acknowledge(id: string, acknowledged: NonNullable<Alert['acknowledged']>): Promise<Alert | undefined>;

  addDelivery(delivery: Delivery): Promise<void>;
  /** Messages that are due, for this process alone until `now + leaseMs`. */
  claimDeliveries(now: number, leaseMs: number): Promise<readonly ClaimedDelivery[]>;
  /** @param dueAt When to try again, for one that still waits. */
  settleDelivery(delivery: Delivery, dueAt: number): Promise<void>;
  /** Newest first. */
  deliveries(limit: number): Promise<readonly Delivery[]>;
  /** Removes ended alerts and their messages from before that moment. */
  expire(before: number): Promise<void>;
}

/** Name of a message: the same in every process, so that it can exist only once. */
export function deliveryId(alertId: string, channelId: string, kind: Delivery['kind']): string {
  return `${alertId}:${channelId}:${kind}`;
}
