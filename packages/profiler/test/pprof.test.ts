import { createProfiler, toPprof } from '@dataguardian/profiler';
import { Profile } from 'pprof-format';
import { expect, it } from 'vitest';

/** So much work, not so much time: where others have the processor, a clock may leave nothing to sample. */
function burn(): number {
  let sum = 0;
  for (let count = 0; count < 20_000_000; count++) sum += Math.sqrt(sum + 1);
  return sum;
}

it('converts a recording to pprof without losing a sample', async () => {
  const profiler = createProfiler();
  const recording = profiler.recordCpu(200);
  await new Promise((resolve) => setTimeout(resolve, 50));
  burn();
  const profile = await recording;
  const decoded = Profile.decode(toPprof(profile, Date.now()));
  const sampleCount = decoded.sample.reduce((sum, { value }) => sum + Number(value[0]), 0);
  expect(sampleCount).toBe(profile.samples?.length);
  const names = decoded.function.map(({ name }) => decoded.stringTable.strings[Number(name)]);
  expect(names).toContain('burn');
});
