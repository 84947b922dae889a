import { type Clock, type ComponentHealth, systemClock, type Timer } from '@dataguardian/telemetry';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';

/** A component that may fail, and what stands in for it. */
export interface SupervisedOptions<Component> {
  /** Its name in health sentences. */
  readonly name: string;
  readonly primary: Component;
  /** Stands in while the primary is away. Absent: calls reject, and health says `down`. */
  readonly fallback?: Component;
  /** Asks the primary whether it is back; a rejection means no. */
  readonly probe: (primary: Component) => Promise<void>;
  readonly clock?: Clock;
  /** Failures in a row after which the fallback takes over. @defaultValue 3 */
  readonly failureThreshold?: number;
  /** Pause between probes, in milliseconds. @defaultValue 1_000 */
  readonly probeMs?: number;
  /** A source of numbers in [0, 1) that spreads the probes. */
  readonly random?: () => number;
  /** Hears of each change, once: announce a degraded mode here. */
  readonly onChange?: (health: ComponentHealth) => void;
}

/** Runs operations on a component, or on what stands in for it. */
export interface Supervised<Component> {
  /** Runs `operation` on the primary; when that fails, or is known to be away, on the fallback. */
  run<Result>(operation: (component: Component) => Promise<Result>): Promise<Result>;
  health(): ComponentHealth;
  /** Ends the probing. */
  close(): void;
}

/** A primary and its fallback behind one breaker, probed until the primary is back. */
export function createSupervised<Component>(options: SupervisedOptions<Component>): Supervised<Component> {
  const { name, primary, fallback, probe, clock = systemClock, failureThreshold = 3, probeMs = 1_000 } = options;
  let probing: Timer | undefined;
  let lastError = '';
  let isClosed = false;

  const health = (): ComponentHealth => {
    if (breaker.state === 'closed') return { status: 'up', detail: `${name} works.` };
    if (fallback === undefined) return { status: 'down', detail: `${name} is away: ${lastError}` };
    return { status: 'degraded', detail: `${name} is away, its fallback is in force: ${lastError}` };
  };

  const breaker: CircuitBreaker = createCircuitBreaker({
    clock,
    failureThreshold,
    openMs: probeMs,
    ...(options.random === undefined ? {} : { random: options.random }),
    onChange(state) {
      if (state === 'halfOpen') return;
      const isBack = state === 'closed';
      if (!isBack) watch();
      // A failed probe reopens the breaker: nothing new to tell.
      if (isBack !== wasUp) {
        wasUp = isBack;
        options.onChange?.(health());
      }
    },
  });
  let wasUp = true;

  const remember = (error: unknown): void => {
    lastError = error instanceof Error ? error.message : String(error);
    breaker.fail();
  };
  const watch = (): void => {
    probing?.cancel();
    probing = clock.schedule(probeMs, () => {
      if (isClosed || breaker.state === 'closed') return;
      if (!breaker.allow()) {
        watch();
        return;
      }
      probe(primary).then(() => breaker.succeed(), remember);
    });
  };

  return {
    async run(operation) {
      if (breaker.state !== 'closed') {
        if (fallback === undefined) return breaker.run(() => operation(primary));
        return operation(fallback);
      }
      try {
        const result = await operation(primary);
        breaker.succeed();
        return result;
      } catch (error) {
        remember(error);
        if (fallback === undefined) throw error;
        return operation(fallback);
      }
    },
    health,
    close() {
      isClosed = true;
      probing?.cancel();
    },
  };
}
