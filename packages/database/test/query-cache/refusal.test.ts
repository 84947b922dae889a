import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { refusals } from '../../src/query-cache/refusal.ts';

it('the documentation says of every code what it means, and of no other', () => {
  const path = new URL('../../../../docs/modules/query-cache.md', import.meta.url);
  const [, section = ''] = readFileSync(path, 'utf8').split('## Why a statement is not cached');
  const documented = [...section.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(Object.fromEntries(documented)).toEqual(refusals);
});
