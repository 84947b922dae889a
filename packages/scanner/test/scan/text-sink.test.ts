import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetection, type Detection } from '../../src/index.ts';
import { createTextSink } from '../../src/text/text-sink.ts';

const detection = createDetection();
/** Small enough for many windows, large enough for every rule's neighbourhood. */
const MARGIN = 4_096;

interface Cut {
  readonly windowChars: number;
  /** Sizes of the pieces the text comes in, over and over. */
  readonly pieces: readonly number[];
}

function findIn(text: string, { windowChars, pieces }: Cut, by: Detection = detection): readonly string[] {
  const found: string[] = [];
  const sink = createTextSink({
    item: 'x',
    hints: { path: 'x.txt' },
    detection: by,
    windowChars,
    marginChars: MARGIN,
    report({ type, score, start, end }, window, { line, column, start: at }) {
      found.push(`${type} ${score} ${at}:${line}:${column} ${window.text.slice(start, end)}`);
    },
  });
  let at = 0;
  for (let turn = 0; at < text.length; turn++) {
    const size = pieces[turn % pieces.length] ?? 1;
    sink.push(text.slice(at, at + size));
    at += size;
  }
  sink.end();
  return found;
}

const WHOLE: Cut = { windowChars: 100_000_000, pieces: [100_000_000] };

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'gewone tekst zonder iets',
      'const x = { a: 1, b: [2, 3] };',
      '  return value;',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'BSN: 111222333',
      'order 111222333',
      'mail jan.jansen@example.org of bel',
      'IBAN NL91ABNA0417164300',
      '😀 8.8.8.8 😀',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'naam;bsn;mail',
      'Jan Jansen;111222333;jan@example.org',
      'id,bsn,telefoon',
      '7,111222333,0612345678',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((length) => 'lorem ipsum '.repeat(length / 12)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 9_000 }).map((length) => '7'.repeat(length)) },
);

describe('cutting a text into windows', { timeout: 120_000 }, () => {
  it('finds the same whatever the size of windows and pieces', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 20, maxLength: 400 }),
        fc.constantFrom('\n', '\r\n', ' '),
        fc.constantFrom(512, 5_000, 65_536),
        fc.array(fc.integer({ min: 1, max: 7_000 }), { minLength: 1, maxLength: 4 }),
        (lines, ending, windowChars, pieces) => {
          const text = lines.join(ending);
          expect(findIn(text, { windowChars, pieces })).toEqual(findIn(text, WHOLE));
        },
      ),
      { numRuns: 25, seed: 20_261_123 },
    );
  });

  it('keeps the header of a long table in sight of its last row', () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => `${index};waarde ${index};gewoon`);
    const text = ['id;burgerservicenummer;soort', ...rows, '9;111222333;gewoon'].join('\n');
    const found = findIn(text, { windowChars: 2_000, pieces: [3_001] });
    expect(found).toEqual(findIn(text, WHOLE));
    expect(found).toHaveLength(1);
  });

  it('finds a value that a piece and a window end within', () => {
    const text = `${'x'.repeat(995)} BSN: 111222333 ${'y'.repeat(12_000)}`;
    for (const windowChars of [1_000, 1_003, 1_008])
      expect(findIn(text, { windowChars, pieces: [1_004] })).toHaveLength(1);
  });

  it('does not let text on both sides of a gap speak for each other', () => {
    const found: number[] = [];
    const sink = createTextSink({
      item: 'x',
      hints: {},
      detection,
      windowChars: 1_000,
      marginChars: 100,
      report: (_detected, _window, location) => found.push(location.start ?? -1),
    });
    sink.push('BSN: ');
    sink.skip(1_000_000);
    sink.push('BSN: 111222333');
    sink.end();
    expect(found).toEqual([1_000_010]);
  });
});
