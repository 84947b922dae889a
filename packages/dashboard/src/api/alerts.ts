/** How urgent an alert is. */
export type Severity = 'info' | 'warning' | 'critical';

/**
 * What has to be true of a metric:
 *
 * - `threshold`: the value itself crosses `threshold`;
 * - `rate`: its change over `overMs`, per minute, crosses `threshold`;
 * - `absence`: nothing was measured for `forMs` (`threshold`, `recovery`, `comparison` mean nothing);
 * - `baseline`: the mean over the last minute divided by the mean over `overMs` before it crosses `threshold`
 *   (1.5 is "half as much again").
 */
export type AlertKind = 'threshold' | 'rate' | 'absence' | 'baseline';

/** `GET|POST /alerts/rules`, `PATCH|DELETE /alerts/rules/:id`. In a POST only `name`, `metric`, `threshold` are required. */
export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly metric: string;
  readonly kind: AlertKind;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  /** Where it ends again, apart from `threshold`, so that a value that wavers there does not flap. */
  readonly recovery: number;
  /** For how long the condition must hold before it fires. */
  readonly forMs: number;
  /** For how long its opposite must hold before it ends. Relapses double it, up to 32 times. */
  readonly clearForMs: number;
  /** Look-back of `rate` and `baseline`. */
  readonly overMs: number;
  readonly severity: Severity;
  /** What it belongs to, for silences and the list: `requests`, `database` ... */
  readonly group: string;
  /** What a second without a reading means: nothing (`keep`) or that all is well (`ok`). */
  readonly noData: 'keep' | 'ok';
  readonly enabled: boolean;
  /** Ids of channels; empty for all. */
  readonly channels: readonly string[];
  /** Whether it was shipped; such a rule can be changed and switched off, and comes back when removed. */
  readonly isDefault: boolean;
}

/** One episode. `GET /alerts?state=open|ended|all&limit=` gives `Items<Alert>`, open ones first, then newest first. */
export interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly name: string;
  readonly severity: Severity;
  readonly metric: string;
  readonly group: string;
  /** `recovering`: the condition has ended, and must stay so for a while. */
  readonly state: 'firing' | 'recovering' | 'ended';
  readonly firedAt: number;
  /** `null` until it has ended. */
  readonly endedAt: number | null;
  /** What it is about beyond the metric, for example which components are down; empty when there is no more to say. */
  readonly detail: string;
  /** When it fired, and the worst since. */
  readonly value: number;
  readonly peak: number;
  /** Processes in which it fires. */
  readonly instances: readonly string[];
  /** How often it relapsed while recovering; from 3 on it is shown as unstable. */
  readonly relapseCount: number;
  readonly acknowledged: { readonly by: string; readonly at: number; readonly note: string } | null;
  /** Whether a silence kept its messages back. */
  readonly silenced: boolean;
}

/**
 * `POST /alerts/rules/backtest` with a rule as in POST, `{ rule, from?, to? }`: what it would have done on the stored
 * history. @defaultValue the last seven days
 */
export interface BacktestAnswer {
  readonly from: number;
  readonly to: number;
  /** Resolution of the history that was used; `forMs` below it is rounded up to it. */
  readonly stepMs: number;
  /** How much of the range had readings, 0..1. */
  readonly coverageRatio: number;
  /** How often it would have fired. */
  readonly firedCount: number;
  readonly firingMs: number;
  readonly episodes: readonly { readonly firedAt: number; readonly endedAt: number | null; readonly peak: number }[];
}

/** `GET|POST /alerts/silences`, `DELETE /alerts/silences/:id`. Alerts still show; messages stay away. */
export interface Silence {
  readonly id: string;
  /** Matches when every given field does; none given matches everything. */
  readonly match: { readonly ruleId?: string; readonly group?: string; readonly severity?: Severity };
  readonly reason: string;
  readonly until: number;
  readonly by: string;
  readonly createdAt: number;
}

/** What a channel is sent over. */
export type ChannelKind = 'webhook' | 'slack' | 'email';

/**
 * `GET /alerts/channels`, as it may be shown: never an address with a token in it, never a password. In-app is always
 * on and not in the list. `POST /alerts/channels/:id/test` sends a message and gives its {@link Delivery}.
 */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly enabled: boolean;
  /** Alerts below it are not sent here. */
  readonly minSeverity: Severity;
  /** Host of the webhook, or the recipients. */
  readonly target: string;
  /** Whether a secret or password is kept. */
  readonly hasSecret: boolean;
}

/**
 * Body of `POST /alerts/channels` and, with any part left out, of `PATCH /alerts/channels/:id`; a secret that is left
 * out stays as it is.
 */
export type ChannelInput = {
  readonly name: string;
  readonly enabled?: boolean;
  readonly minSeverity?: Severity;
} & (
  | {
      readonly kind: 'webhook';
      /** https, or http to this machine. */
      readonly url: string;
      /** Key of the HMAC-SHA-256 signature; made when absent and shown once in the answer as `secret`. */
      readonly secret?: string;
    }
  | { readonly kind: 'slack'; readonly url: string }
  | {
      readonly kind: 'email';
      readonly host: string;
      readonly port: number;
      /** TLS from the first byte; else STARTTLS when the server offers it. */
      readonly secure?: boolean;
      readonly user?: string;
      readonly password?: string;
      readonly from: string;
      readonly to: readonly string[];
    }
);

/** Answer of `POST /alerts/channels`. */
export type CreatedChannel = Channel & { readonly secret?: string };

/** One message. `GET /alerts/deliveries` gives `Items<Delivery>`, newest first. */
export interface Delivery {
  readonly id: string;
  /** `null` for a test. */
  readonly alertId: string | null;
  readonly channelId: string;
  readonly kind: 'fired' | 'ended' | 'test';
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly attemptCount: number;
  readonly createdAt: number;
  readonly sentAt: number | null;
  /** What went wrong last, without addresses or secrets. */
  readonly error: string | null;
}
