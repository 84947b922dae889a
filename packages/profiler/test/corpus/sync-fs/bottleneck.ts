import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reply, serve } from '../support/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
const file = join(folder, 'catalogue.txt');
writeFileSync(file, 'x'.repeat(40_000_000));

function sizeOfCatalogue(): number {
  return readFileSync(file, 'utf8').length; // <- here
}

await serve((_request, response) => reply(response, { size: sizeOfCatalogue() }), {
  path: '/catalogue',
  requestCount: 20,
});
rmSync(folder, { recursive: true });
