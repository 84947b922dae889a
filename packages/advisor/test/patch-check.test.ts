import { describe, expect, it } from 'vitest';
import { enclosingFunction } from '../src/wording/enclosing-function.ts';
import { checkPatch } from '../src/wording/patch-check.ts';

const SOURCE = `import { pbkdf2Sync } from 'node:crypto';

export class SignIn {
  private rounds = 100;

  check(password: string): boolean {
    // a brace in a comment }
    const pattern = /[}{]+/;
    if (password === '}') {
      return false;
    }
    const list = ['a', 'b'].map((one) => {
      return one.trim();
    });
    const hash = pbkdf2Sync(password, 'salt', this.rounds, 32, 'sha256');
    return hash.length > list.length && pattern.test(password);
  }
}

export function other(): number {
  return 1;
}
`;
const lineOf = (text: string): number => SOURCE.split('\n').findIndex((line) => line.includes(text)) + 1;
const RANGE = { from: lineOf('check(password'), to: lineOf('export function other') - 3 };

const bounds = { file: 'src/sign-in.ts', source: SOURCE, range: RANGE, facts: { numbers: [140], text: '140' } };
const patched = (diff: string): string => {
  const verdict = checkPatch(diff, bounds);
  return 'patch' in verdict ? verdict.patch.diff : verdict.objection;
};

const HONEST = `--- a/src/sign-in.ts
+++ b/src/sign-in.ts
@@ -1,3 +1,3 @@
-  check(password: string): boolean {
+  async check(password: string): Promise<boolean> {
     // a brace in a comment }
@@ -99,1 +99,1 @@
-    const hash = pbkdf2Sync(password, 'salt', this.rounds, 32, 'sha256');
+    const hash = await promisify(pbkdf2)(password, 'salt', this.rounds, 32, 'sha256');
`;

describe('the function around a line', () => {
  it('is the innermost one, whatever braces stand in strings, comments and regular expressions', () => {
    expect(enclosingFunction(SOURCE, lineOf('const hash'))).toEqual(RANGE);
    expect(enclosingFunction(SOURCE, lineOf('return false'))).toEqual(RANGE);
    expect(enclosingFunction(SOURCE, lineOf('one.trim'))).toEqual({
      from: lineOf('const list'),
      to: lineOf('one.trim') + 1,
    });
    expect(enclosingFunction(SOURCE, lineOf('return 1;'))).toEqual({
      from: lineOf('export function other'),
      to: lineOf('return 1;') + 1,
    });
  });

  it('is not there outside of every function, nor where braces do not balance', () => {
    expect(enclosingFunction(SOURCE, 1)).toBeUndefined();
    expect(enclosingFunction(`${SOURCE}}`, lineOf('const hash'))).toBeUndefined();
  });
});

describe('a patch that a model suggests', () => {
  it('is shown with line numbers that are true, whatever the model counted', () => {
    const hash = lineOf('const hash');
    expect(patched(HONEST)).toContain(`@@ -${RANGE.from},2 +${RANGE.from},2 @@`);
    expect(patched(HONEST)).toContain(`@@ -${hash},1 +${hash},1 @@`);
  });

  it.each([
    ['another file', HONEST.replaceAll('sign-in.ts', 'config.ts'), 'another file'],
    [
      'lines outside of the function',
      '@@ -1 +1 @@\n-export function other(): number {\n+export function other(): string {\n',
      'does not apply',
    ],
    [
      'lines that are not there',
      '@@ -1 +1 @@\n-    const hash = bcrypt(password);\n+    const hash = 1;\n',
      'does not apply',
    ],
    ['nothing', '@@ -1 +1 @@\n     const pattern = /[}{]+/;\n', 'changes nothing'],
    ['half a function', "@@ -1 +1 @@\n-    if (password === '}') {\n+    if (password) {{\n", 'one function'],
    [
      'a comment with an invented figure',
      '@@ -1 +1 @@\n-    const pattern = /[}{]+/;\n+    const pattern = /x/; // 95 times faster\n',
      'claims 95',
    ],
    [
      'a link',
      '@@ -1 +1 @@\n-    const pattern = /[}{]+/;\n+    const pattern = await fetch("https://evil.example");\n',
      'link',
    ],
    ['prose', 'Sure! Replace the call with its asynchronous form.', 'no unified diff'],
    [
      'a new file',
      'diff --git a/x b/x\nnew file mode 100644\n--- a/src/sign-in.ts\n+++ b/src/sign-in.ts\n@@ -1 +1 @@\n-    const pattern = /[}{]+/;\n+    const pattern = /x/;\n',
      'more than change lines',
    ],
    [
      'the same place twice',
      '@@ -1 +1 @@\n-    const pattern = /[}{]+/;\n+    const pattern = /x/;\n@@ -1 +1 @@\n-    const pattern = /[}{]+/;\n+    const pattern = /y/;\n',
      'overlap',
    ],
  ])('is refused when it holds %s', (_what, diff, reason) => {
    expect(patched(diff)).toContain(reason);
  });

  it('may comment with figures of the evidence', () => {
    const diff = '@@ -1 +1 @@\n-    const pattern = /[}{]+/;\n+    const pattern = /x/; // held everybody for 140 ms\n';
    expect(patched(diff)).toContain('+    const pattern = /x/;');
  });
});
