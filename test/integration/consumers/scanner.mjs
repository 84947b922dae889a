import { writeFileSync } from 'node:fs';
import { runScanInThreads } from '@dataguardian/scanner';

writeFileSync('mail.txt', 'write to anna.de.vries@example.org\n');
const types = [];
for await (const event of runScanInThreads({ kind: 'path', path: 'mail.txt' }, { threads: 1 }))
  if (event.kind === 'finding') types.push(event.finding.type);
process.stdout.write(JSON.stringify({ types }));
