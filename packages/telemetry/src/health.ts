/** How a component is doing: `degraded` means its fallback is in force and users are still served. */
export type ComponentStatus = 'up' | 'degraded' | 'down';

/** One component's health, as `GET /health/ready` shows it. */
export interface ComponentHealth {
  readonly status: ComponentStatus;
  /** One sentence for a person: what is wrong and which fallback is in force. No secrets. */
  readonly detail: string;
}
