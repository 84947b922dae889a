// The culprit is compiled JavaScript with a source map, as a build leaves it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { pathToFileURL } from 'node:url';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reply, serve } from '../../support/serve.ts';

const source = join(import.meta.dirname, '../sources/ranking-source.ts');
const compiled = stripTypeScriptTypes(readFileSync(source, 'utf8'), {
  mode: 'transform',
  sourceMap: true,
  sourceUrl: source,
});
const folder = join(tmpdir(), `varied-build-${process.pid}`);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'ranking.mjs'), compiled);

interface Compiled {
  readonly Ranking: new () => { best(products: readonly { name: string; price: number }[]): number };
}
// Shape of the source that was compiled above.
const { Ranking } = (await import(pathToFileURL(join(folder, 'ranking.mjs')).href)) as Compiled;
const products = Array.from({ length: 6_000 }, (_, id) => ({ name: `product ${id}`, price: (id * 7919) % 1_000 }));
await serve((_request, response) => reply(response, { better: new Ranking().best(products) }), {
  path: '/ranking',
  requestCount: 16,
  pauseMs: 60,
});
