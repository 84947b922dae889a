import { expect, it } from 'vitest';
import { EMPTY, sectionOf } from '../../src/views/section-of.ts';

const faults: unknown[] = [];
const onFault = (error: unknown): number => faults.push(error);

it('says why it is empty, in both languages', async () => {
  expect(await sectionOf(undefined, EMPTY.cache, onFault)).toMatchObject({ state: 'empty', reason: 'not-connected' });
  for (const { why, remedy } of Object.values(EMPTY))
    expect([why.en, why.nl, remedy.en, remedy.nl].every((words) => words.length > 10)).toBe(true);
});

it('does not fail with its source', async () => {
  const section = await sectionOf(() => Promise.reject(new Error('secret address')), EMPTY.cache, onFault);
  expect(section).toMatchObject({ state: 'empty', reason: 'failed' });
  expect(JSON.stringify(section)).not.toContain('secret');
  expect(faults).toHaveLength(1);
});
