// Writes what the documents take from the code: the tables of docs/errors.md and docs/grafana-dashboard.json.
// test/docs.test.ts and the dashboard's tests check that both are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { createGrafanaDashboard } from '@dataguardian/dashboard';
import { renderErrorTables } from '../test/error-tables.ts';

const file = new URL('../docs/errors.md', import.meta.url);
const text = readFileSync(file, 'utf8');
const marker = '<!-- tables -->';
writeFileSync(file, `${text.slice(0, text.indexOf(marker) + marker.length)}\n\n${renderErrorTables()}`);

const grafana = new URL('../docs/grafana-dashboard.json', import.meta.url);
writeFileSync(grafana, `${JSON.stringify(createGrafanaDashboard(), null, 2)}\n`);
