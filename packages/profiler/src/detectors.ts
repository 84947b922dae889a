import type { Detector } from './bottlenecks.ts';
import { anomaly } from './detectors/anomaly.ts';
import { blockedEventLoop } from './detectors/blocked-event-loop.ts';
import { cacheStampede, lowHitRatio, oversizedValue } from './detectors/cache-rules.ts';
import { catastrophicRegexp } from './detectors/catastrophic-regexp.ts';
import { chattyRedis } from './detectors/chatty-redis.ts';
import { dominantUser } from './detectors/dominant-user.ts';
import { hotLine } from './detectors/hot-line.ts';
import { hugeJson } from './detectors/huge-json.ts';
import { largeResponse } from './detectors/large-response.ts';
import { lockContention } from './detectors/lock-contention.ts';
import { gcPressure, listenerLeak, memoryLeak } from './detectors/memory-rules.ts';
import { missingIndex } from './detectors/missing-index.ts';
import { nPlusOne } from './detectors/n-plus-one.ts';
import { poolLeak } from './detectors/pool-leak.ts';
import { poolStarvation } from './detectors/pool-starvation.ts';
import { regression } from './detectors/regression.ts';
import { retryStorm } from './detectors/retry-storm.ts';
import { serialAwaits } from './detectors/serial-awaits.ts';
import { slowRoute, slowStatement } from './detectors/slow.ts';
import { syncCrypto, syncFs, syncZlib } from './detectors/sync-calls.ts';
import { threadPoolStarvation } from './detectors/thread-pool-starvation.ts';
import { unboundedConcurrency } from './detectors/unbounded-concurrency.ts';

/** Every detector, from the specific to the general: the first to claim a place keeps it. */
export const DETECTORS: readonly Detector[] = [
  memoryLeak,
  listenerLeak,
  poolLeak,
  lockContention,
  missingIndex,
  syncCrypto,
  syncZlib,
  syncFs,
  catastrophicRegexp,
  hugeJson,
  retryStorm,
  nPlusOne,
  chattyRedis,
  cacheStampede,
  oversizedValue,
  threadPoolStarvation,
  unboundedConcurrency,
  serialAwaits,
  largeResponse,
  regression,
  dominantUser,
  gcPressure,
  blockedEventLoop,
  lowHitRatio,
  poolStarvation,
  hotLine,
  slowStatement,
  slowRoute,
  anomaly,
];
