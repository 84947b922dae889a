import { describe, expect, it } from 'vitest';
import { countShared, trace, type Moving } from '../../web/src/parts/lane-lines.ts';

function moving(change: Partial<Moving> = {}): Moving {
  return {
    xs: [10, 20, 30, 40],
    lines: [[1, 2, null, 4]],
    span: [0, 40],
    top: 10,
    colours: ['red'],
    width: 400,
    height: 100,
    ...change,
  };
}

describe('what two drawings share', () => {
  const next = moving({ xs: [20, 30, 40, 50], lines: [[2, null, 4, 5]], span: [10, 50] });

  it('is all but the newest point after a second', () => {
    expect(countShared(moving(), next)).toBe(3);
  });

  it.each([
    ['the axis is another', { ...next, top: 20 }],
    ['the width is another', { ...next, width: 300 }],
    ['the stretch is longer', { ...next, span: [0, 50] as const }],
    ['it goes back in time', { ...next, span: [-10, 30] as const }],
    ['a value was corrected', { ...next, lines: [[2, null, 3, 5]] }],
    ['a gap was filled', { ...next, xs: [20, 25, 30, 40, 50], lines: [[2, 3, null, 4, 5]] }],
    ['there is another line', { ...next, lines: [...next.lines, [1, 1, 1, 1]] }],
    ['the colours are others', { ...next, colours: ['blue'] }],
    ['nothing was there', { ...next, xs: [100, 110], lines: [[1, 2]] }],
  ])('is nothing when %s', (_, changed) => {
    expect(countShared(moving(), changed)).toBe(0);
  });
});

describe('a traced line', () => {
  it('is broken where nothing was measured; a lone point is a dot', () => {
    const said: string[] = [];
    const pen = {
      moveTo: (x: number, y: number) => void said.push(`M${x},${y}`),
      lineTo: (x: number, y: number) => void said.push(`L${x},${y}`),
    };
    const { xs, lines } = moving();
    trace(pen, xs, lines[0] ?? [], { perX: 10, perY: 10, shift: 100, high: 100, begin: 0 });
    expect(said).toEqual(['M0,90', 'L100,80', 'M300,60', 'L301,60']);
  });
});
