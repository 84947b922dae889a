import { createDetection } from '@dataguardian/scanner';
import { describe, expect, it } from 'vitest';

const detection = createDetection();

const found = (text: string, type: string): string[] =>
  detection
    .detect(text)
    .filter((finding) => finding.type === type)
    .map(({ start, end }) => text.slice(start, end));

describe('in everyday sentences', () => {
  it.each([
    ['My name is Siiri', 'PERSON', 'Siiri'],
    ['Mijn naam is Rubija en ik bel over mijn factuur.', 'PERSON', 'Rubija'],
    ['Tomomi Nishiyama lives at 86036 Rua do Arco', 'PERSON', 'Tomomi Nishiyama'],
    ['Gisteren zei hij het. Faina D. Yefremova woont in Breda.', 'PERSON', 'Faina D. Yefremova'],
    ['Phone: 451 5986', 'PHONE', '451 5986'],
    ['Tel: 60-56-85-91', 'PHONE', '60-56-85-91'],
    ['Phone:\n467 3395', 'PHONE', '467 3395'],
    ['Can someone call me on 9472 7916?', 'PHONE', '9472 7916'],
    ['fax +1-984-182-0190', 'PHONE', '+1-984-182-0190'],
    ['What is the limit for card 501864667909?', 'CARD', '501864667909'],
    ['I have lost my card 180016070420458. Could you please block it?', 'CARD', '180016070420458'],
    ['I just turned 47', 'AGE', '47'],
  ])('%s: a %s', (text, type, value) => {
    expect(found(text, type)).toEqual([value]);
  });

  it.each([
    ['My name is unimportant.', 'PERSON'],
    ['The Company works for everybody.', 'PERSON'],
    ['Utrecht University works at scale.', 'PERSON'],
    ['Order 501864667909 was shipped.', 'CARD'],
    ['Part 451 5986 is out of stock.', 'PHONE'],
    ['Phone 2024-01-02 was the last date.', 'PHONE'],
    ['Tel 10.20.30.40', 'PHONE'],
    ['The page turned 47 degrees.', 'AGE'],
  ])('%s: no %s', (text, type) => {
    expect(found(text, type)).toEqual([]);
  });
});
