import { expect, it } from 'vitest';
import { createModelMask } from '../src/server/model-mask.ts';

it('leaves a language model the figures and none of the people', () => {
  const mask = createModelMask();
  const question = JSON.stringify({
    statement: "select * from people where email = 'anna.devries@example.nl' and bsn = '111222333'",
    rowsRead: 202_000,
    p95Ms: 48.2,
  });
  const masked = mask(question);
  expect(masked).not.toContain('anna.devries');
  expect(masked).not.toContain('111222333');
  expect(JSON.parse(masked)).toMatchObject({ rowsRead: 202_000, p95Ms: 48.2 });
});
