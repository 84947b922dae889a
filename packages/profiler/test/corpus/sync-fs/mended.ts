import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reply, serve } from '../support/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
const file = join(folder, 'catalogue.txt');
writeFileSync(file, 'x'.repeat(40_000_000));
// Read once, while the program starts: nobody waits for it.
const size = readFileSync(file, 'utf8').length;

await serve((_request, response) => reply(response, { size }), { path: '/catalogue', requestCount: 20 });
rmSync(folder, { recursive: true });
