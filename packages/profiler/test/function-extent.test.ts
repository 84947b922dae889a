import { describe, expect, it } from 'vitest';
import { isInFunction } from '../src/sampling/function-extent.ts';

/** Lines that belong to the function which begins where `¶` stands. */
function linesOf(text: string): readonly number[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.includes('¶'));
  const column = lines[start]?.indexOf('¶') ?? 0;
  const plain = lines.map((line) => line.replace('¶', ''));
  return plain.map((_, index) => index + 1).filter((line) => isInFunction(plain, start + 1, column, line));
}

describe('the lines of a function', () => {
  it.each([
    ['a declaration', 'const a = 1;\nfunction f¶(x) {\n  if (x) {\n    g();\n  }\n}\nafter();', [2, 3, 4, 5, 6]],
    ['parameters on lines of their own', 'function f¶(\n  x,\n  y,\n) {\n  g();\n}\nafter();', [1, 2, 3, 4, 5, 6]],
    ['parameters and a result with types', 'function f¶({ x }: { x: 1 }): { y: 2 } {\n  g();\n}\nafter();', [1, 2, 3]],
    ['an arrow with an expression', 'const f = ¶(x) =>\n  x\n    .map(g)\n    .join();\nafter();', [1, 2, 3, 4]],
    ['an arrow among arguments', 'call(¶(x) => {\n  g();\n}, 5);\nafter();', [1, 2, 3]],
    ['an arrow that ends with the call around it', 'call(¶(x) => g(x))\nafter();', [1]],
    ['a method', 'class A {\n  f¶() {\n    g();\n  }\n  h() {}\n}', [2, 3, 4]],
    [
      'brackets in texts, patterns and comments',
      'function f¶() {\n  g("}", \'}\', `}`, /\\}/); // }\n}\nafter();',
      [1, 2, 3],
    ],
  ])('of %s end with it', (_, text, expected) => {
    expect(linesOf(text)).toEqual(expected);
  });

  it('of a module are all of its file', () => {
    expect(linesOf('¶one();\ntwo();\nthree();')).toEqual([1, 2, 3]);
  });

  it('are none beyond the file', () => {
    expect(isInFunction(['function f() {', '}'], 1, 10, 548)).toBe(false);
  });
});
