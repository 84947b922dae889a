import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Requirements of ASVS 5.0 that the document answers for. */
const REQUIREMENTS =
  '7.1.1 7.1.2 7.1.3 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.5.3 7.6.1 7.6.2 8.1.1 8.1.2 8.1.3 8.1.4 8.2.1 8.2.2 8.2.3 8.2.4 8.3.1 8.3.2 8.3.3 8.4.1 8.4.2'.split(
    ' ',
  );

/** Files by the letter that stands for them: `S = \`sessions.test.ts\``, below the folder named before it or by its path. */
const files = new Map(
  [...text.matchAll(/\b([A-Z]) = `([^`]+)`/g)].map(([, letter = '', name = '']) => [
    letter,
    name.includes('/') ? name : `packages/sessions/test/integration/${name}`,
  ]),
);
const cited = [...text.matchAll(/\b([A-Z]) "([^"]+)"/g)].map(([, letter = '', title = '']) => ({ letter, title }));
const rows = [...text.matchAll(/^\| ((?:\d+\.\d+\.\d+(?:, )?)+)([^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(
  ([, ids = '', , state = '', tests = '']) => ({ ids: ids.trim().split(', '), state: state.trim(), tests }),
);

describe('docs/security.md', () => {
  it('names test files that exist, and no letter without one', () => {
    expect([...files.values()].filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(cited.filter(({ letter }) => !files.has(letter))).toEqual([]);
    expect(cited.length).toBeGreaterThan(50);
  });

  it('names tests that exist, word by word', () => {
    const sources = new Map([...files].map(([letter, file]) => [letter, readFileSync(join(root, file), 'utf8')]));
    const missing = cited.filter(({ letter, title }) => {
      const source = sources.get(letter) ?? '';
      // A title may go on with the number of the requirement.
      return !["'", '"', '`'].some(
        (quote) => source.includes(`${quote}${title}${quote}`) || source.includes(`${quote}${title} (ASVS`),
      );
    });
    expect(missing).toEqual([]);
  });

  it('answers for every requirement of V7 and V8', () => {
    expect(REQUIREMENTS.filter((id) => !rows.some(({ ids }) => ids.includes(id)))).toEqual([]);
  });

  it('has a test for each of them that applies', () => {
    const without = rows
      .filter(({ ids }) => ids.some((id) => REQUIREMENTS.includes(id)))
      .filter(({ state, tests }) => !/^do(?:es)? not apply/.test(state) && !/[A-Z] "[^"]+"/.test(tests));
    expect(without.map(({ ids }) => ids.join())).toEqual([]);
  });
});
