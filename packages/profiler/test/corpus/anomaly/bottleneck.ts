// Nine o'clock of the fifth day is another nine o'clock than that of the days before.
import { setTimeout as sleep } from 'node:timers/promises';
import { serveOverDays } from '../support/days.ts';

await serveOverDays(5, async (day) => {
  await sleep(day < 4 ? 40 : 150);
});
