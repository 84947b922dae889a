export { systemClock, type Clock, type Timer } from './clock.ts';
export { onSubscriberError, openChannel, type Channel } from './channel.ts';
export { createHistogram, type Histogram, type HistogramState } from './histogram.ts';
export type { ComponentHealth, ComponentStatus } from './health.ts';
export * from './events/cache.ts';
export * from './events/database.ts';
export * from './events/http.ts';
export * from './events/scans.ts';
export * from './events/sessions.ts';
