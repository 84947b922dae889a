import { describe, expect, it } from 'vitest';
import { runCommand } from './cli-process.ts';

describe('dataguardian detect', () => {
  it('answers each line in order, with offsets in UTF-16 code units', async () => {
    const input = `${JSON.stringify({ id: 'a', text: '😀 BSN: 111222333' })}\n${JSON.stringify({ id: 2, text: 'none' })}\n`;
    const { code, stdout } = await runCommand('detect', [], { input });
    expect(code).toBe(0);
    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ id: 'a', findings: [{ type: 'BSN', start: 8, end: 17, category: 'identifier' }] });
    expect(second).toEqual({ id: 2, findings: [] });
  });

  it('answers a bad line by an error in its place and goes on', async () => {
    const input = ['{"id":1,"text":"x"}', 'not json', '{"id":3}', '', '[]', '{"id":4,"text":"y"}'].join('\n');
    const { stdout } = await runCommand('detect', [], { input });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id, line, error }) => [id, line, error === undefined])).toEqual([
      [1, undefined, true],
      [null, 2, false],
      [3, 3, false],
      [null, 5, false],
      [4, undefined, true],
    ]);
  });

  it('loses none of many lines', async () => {
    const count = 20_000;
    const input = Array.from({ length: count }, (_, id) =>
      JSON.stringify({ id, text: `mail u${id}@example.org` }),
    ).join('\n');
    const { stdout } = await runCommand('detect', [], { input });
    const ids = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
  });
});
