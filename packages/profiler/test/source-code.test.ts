import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { toPath } from '../src/sampling/frame.ts';
import { createSourceCode } from '../src/sampling/source-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'maps-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `function a(){}function b(){}` on one line; a came from line 3 and b from line 9 of shop.ts. */
const MAP = { version: 3, sources: ['shop.ts'], names: [], mappings: 'AAEA,cAMA' };

describe('a place in generated code', () => {
  it('is shown where its author wrote it, from a map beside it', () => {
    const file = join(folder, 'bundle.js');
    writeFileSync(file, 'function a(){}function b(){}\n//# sourceMappingURL=bundle.js.map\n');
    writeFileSync(`${file}.map`, JSON.stringify(MAP));
    const source = createSourceCode();
    expect(source.toOriginal(file, 1, 0)).toEqual({ file: join(folder, 'shop.ts'), line: 3 });
    expect(source.toOriginal(file, 1, 14)).toEqual({ file: join(folder, 'shop.ts'), line: 9 });
  });

  it('is shown where its author wrote it, from a map within it', () => {
    const file = join(folder, 'inline.js');
    const map = Buffer.from(JSON.stringify(MAP)).toString('base64');
    writeFileSync(file, `function a(){}function b(){}\n//# sourceMappingURL=data:application/json;base64,${map}\n`);
    expect(createSourceCode().toOriginal(file, 1, 14)).toEqual({ file: join(folder, 'shop.ts'), line: 9 });
  });

  it('stays as it is without a map, with a broken one, or when the file is gone', () => {
    const file = join(folder, 'broken.js');
    writeFileSync(file, 'code\n//# sourceMappingURL=missing.map\n');
    const source = createSourceCode();
    expect(source.toOriginal(file, 1, 0)).toEqual({ file, line: 1 });
    expect(source.toOriginal('/nowhere/x.js', 7, 0)).toEqual({ file: '/nowhere/x.js', line: 7 });
    expect(source.lineText('/nowhere/x.js', 7)).toBe('');
  });
});

describe('the path of a frame', () => {
  it('never carries content', () => {
    expect(toPath('data:text/javascript,const name="Anna"')).toBe('data:');
    expect(toPath('https://user:secret@example.org/app.js?token=1')).toBe('https:');
    expect(toPath(pathToFileURL('/srv/a b.ts').href)).toBe('/srv/a b.ts');
  });
});
