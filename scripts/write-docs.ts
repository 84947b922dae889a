// Writes the tables of docs/errors.md that come from the code. test/docs.test.ts checks that they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { renderErrorTables } from '../test/error-tables.ts';

const file = new URL('../docs/errors.md', import.meta.url);
const text = readFileSync(file, 'utf8');
const marker = '<!-- tables -->';
writeFileSync(file, `${text.slice(0, text.indexOf(marker) + marker.length)}\n\n${renderErrorTables()}`);
