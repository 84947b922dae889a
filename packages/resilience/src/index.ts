export { ResilienceError, resilienceErrors, type ResilienceErrorCode } from './errors.ts';
export { createSingleFlight, type SingleFlight } from './single-flight.ts';
export {
  createCircuitBreaker,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitState,
} from './circuit-breaker.ts';
export { retry, toBackoffMs, type RetryOptions } from './retry.ts';
export { withDeadline, type DeadlineOptions } from './deadline.ts';
export { createSupervised, type Supervised, type SupervisedOptions } from './supervised.ts';
