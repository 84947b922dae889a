import { describe, expect, it } from 'vitest';
import { renderApiPage } from '../src/server/api-page.ts';

const info = { title: 'The', version: '1' };

describe('the page of the API', () => {
  it('shows each operation under its group', () => {
    const page = renderApiPage(
      { info, paths: { '/api/things/{id}': { get: { tags: ['things'], summary: 'One thing' }, parameters: [] } } },
      'n0nce',
    );
    expect(page).toContain('<h2>things</h2><details><summary><b>GET</b> <code>/api/things/{id}</code> One thing');
    expect(page).toContain('<style nonce="n0nce">');
  });

  it('shows markup as text', () => {
    const page = renderApiPage({ info, paths: { '/x': { get: { summary: '<img src=x onerror="alert(1)">' } } } }, 'n');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;');
  });
});
