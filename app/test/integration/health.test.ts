import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;
beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

describe('the health of the product', () => {
  it('has the parts that programs rely on, each with status and detail, and no others', async () => {
    const { status, json } = await world.anybody().send('GET', '/health/ready');
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(['status', 'components']);
    expect(Object.keys(json.components).toSorted()).toEqual(['cache', 'database', 'profiler', 'queue', 'sessions']);
    for (const part of Object.values(json.components)) {
      expect(['up', 'degraded', 'down']).toContain(part.status);
      expect(part.detail.length).toBeGreaterThan(0);
      expect(Object.keys(part).toSorted()).toEqual(['detail', 'status']);
    }
    expect(json.components.database.status).toBe('up');
  });

  it('says degraded with 200 when no worker runs, and is live as long as it answers', async () => {
    const ready = await world.anybody().send('GET', '/health/ready');
    expect([ready.status, ready.json.status, ready.json.components.queue.status]).toEqual([
      200,
      'degraded',
      'degraded',
    ]);
    expect((await world.anybody().send('GET', '/health/live')).json).toEqual({ status: 'up' });
  });
});

describe('the figures for Prometheus', () => {
  it('are text in its format, of every module', async () => {
    await world.admin.send('GET', '/api/me');
    const { status, headers, text } = await world.anybody().send('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    for (const name of [
      'dataguardian_http_request_duration_seconds_bucket',
      'dataguardian_database_query_duration_seconds_count',
      'dataguardian_database_pool_connections',
      'dataguardian_cache_reads_total',
      'dataguardian_session_events_total',
      'dataguardian_scan_bytes_total',
      'process_cpu_seconds_total',
    ])
      expect(text).toContain(name);
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(samples.filter((line) => !/^[a-zA-Z_:][\w:]*(?:\{.*\})? [-+\d.eE]+(?:NaN|Inf)?$|NaN$/.test(line))).toEqual(
      [],
    );
    const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(types.length).toBe(new Set(types).size);
  });
});
