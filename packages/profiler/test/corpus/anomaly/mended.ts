// A day as the days before, on which every tenth order takes longer, as it always does.
import { setTimeout as sleep } from 'node:timers/promises';
import { serveOverDays } from '../support/days.ts';

await serveOverDays(5, async (_day, request) => {
  await sleep(request % 10 === 0 ? 150 : 40);
});
