import { PgBoss } from 'pg-boss';
import type { AppContext } from '../server/context.ts';
import { runRetention } from '../features/retention/retention.ts';

/** Queues of pg-boss. Scan work itself is in `scan_chunks`: docs/decisions say why. */
const RETENTION_QUEUE = 'retention';
const WORK_QUEUE = 'scan.work';

/**
 * Runs what happens by the clock through pg-boss, in a schema of its own in the same database, so that of many workers
 * one does it: retention every hour, and every minute a wake-up for workers that missed a notification.
 *
 * @returns the way to stop. Never rejects: without schedules scans still run, and a later start catches up.
 */
export async function startSchedules(
  context: AppContext,
  handlers: { readonly onTick: () => void },
): Promise<() => Promise<void>> {
  const { log, ownerConnectionString } = context;
  const boss = new PgBoss({
    connectionString: ownerConnectionString,
    schema: 'dataguardian_queue',
    application_name: 'dataguardian-schedules',
    max: 2,
    useListenNotify: true,
    superviseIntervalSeconds: 300,
  });
  boss.on('error', (error) => log.debug({ error: error.message }, 'schedules: the queue reports an error'));
  try {
    await boss.start();
    for (const queue of [RETENTION_QUEUE, WORK_QUEUE]) await boss.createQueue(queue, { notify: true, retryLimit: 2 });
    await boss.work(
      RETENTION_QUEUE,
      { batchSize: 10, burstWhenBatchFull: true, pollingIntervalSeconds: 30 },
      async () => {
        const removed = await runRetention(context);
        if (removed.scans + removed.uploads > 0) log.info(removed, 'retention: removed what is past its time');
      },
    );
    await boss.work(WORK_QUEUE, { batchSize: 100, burstWhenBatchFull: true, pollingIntervalSeconds: 30 }, async () => {
      handlers.onTick();
    });
    await boss.schedule(RETENTION_QUEUE, '17 * * * *');
    await boss.schedule(WORK_QUEUE, '* * * * *');
  } catch (error) {
    log.warn(
      { error: error instanceof Error ? error.message : 'unknown' },
      'schedules: not started; scans run without them',
    );
  }
  return () => boss.stop({ graceful: false, timeout: 2_000 });
}
