import { judgePairs } from '@dataguardian/advisor';
import { expect, it } from 'vitest';
import { toVerification } from '../src/judgement/to-verification.ts';

const METHOD = { en: 'in turns', nl: 'om en om' };
const question = { better: 'lower', predictedGain: 3, isComplete: false } as const;

it('says by how much harm that ended a trial early was worse', () => {
  const pairs = Array.from({ length: 4 }, () => ({ on: 400, off: 20 }));
  const seen = toVerification(judgePairs(pairs, question), METHOD);
  expect(seen).toMatchObject({ verdict: 'worse', gain: expect.closeTo(0.05) });
  expect(seen?.gainInterval).toBeUndefined();
  expect(seen?.description.en).toContain('Worse with the change each time, 20 times on average: ended early');
});

it('says that too little was measured where nothing was', () => {
  const pairs = Array.from({ length: 8 }, () => ({ on: Number.NaN, off: 20 }));
  const seen = toVerification(judgePairs(pairs, { ...question, isComplete: true }), METHOD);
  expect(seen).toMatchObject({ verdict: 'absent', description: { en: expect.stringContaining('Too little') } });
  expect(seen?.gain).toBeUndefined();
});
