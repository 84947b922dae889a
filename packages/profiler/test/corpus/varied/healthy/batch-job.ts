// A program without a server: it computes and ends, and nobody waits for its loop.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const folder = mkdtempSync(join(tmpdir(), 'varied-batch-'));
let lineCount = 0;
for (let part = 0; part < 12; part++) {
  const path = join(folder, `part-${part}.csv.gz`);
  writeFileSync(path, gzipSync(Array.from({ length: 60_000 }, (_, row) => `${row},${part},name ${row}`).join('\n')));
  const text = gunzipSync(readFileSync(path)).toString('utf8');
  for (const line of text.split('\n')) if (createHash('sha1').update(line).digest()[0] === 0) lineCount += 1;
}
process.stdout.write(`${lineCount}\n`);
