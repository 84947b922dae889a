import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { findChangePoint } from '../src/detectors/change-point.ts';
import { regression } from '../src/detectors/regression.ts';
import { evidenceOf } from './evidence.ts';

describe('a change point', () => {
  it('lies where the level changed', () => {
    const random = createSeededRandom(1);
    const values = Array.from({ length: 60 }, (_, index) => (index < 40 ? 10 : 12) + random.next());
    expect(findChangePoint(values)).toMatchObject({ index: 40 });
  });

  it('is not sure of itself where nothing changed', () => {
    const random = createSeededRandom(2);
    let sure = 0;
    for (let run = 0; run < 500; run++) {
      const values = Array.from({ length: 60 }, () => random.next());
      if ((findChangePoint(values)?.chance ?? 1) <= 1e-3) sure += 1;
    }
    expect(sure).toBeLessThanOrEqual(2);
  });
});

describe('a release', () => {
  /** Requests at 20 a second with log-normal times; `factor` applies from the release on. */
  const series = (factor: number, seed: number, minutes = 3) => {
    const random = createSeededRandom(seed);
    const count = minutes * 60 * 20;
    const at = Array.from({ length: count }, (_, index) => index * 50);
    const durationsMs = at.map((_, index) => {
      const normal = Math.sqrt(-2 * Math.log(random.next() || 1e-9)) * Math.cos(2 * Math.PI * random.next());
      return 20 * Math.exp(0.4 * normal) * (index >= count / 2 ? factor : 1);
    });
    return evidenceOf({
      series: [{ route: 'GET /quote', at, durationsMs }],
      releases: [{ name: '2', at: (count / 2) * 50 }],
    });
  };

  it('that makes a route 10% slower is found within three minutes at 20 requests a second', () => {
    const found = regression.detect(series(1.1, 3));
    expect(found.map(({ subject }) => subject)).toEqual(['GET /quote']);
  });

  it('that changes nothing is not blamed, in 100 releases', () => {
    const blamed = Array.from({ length: 100 }, (_, seed) => regression.detect(series(1, seed + 10))).filter(
      ({ length }) => length > 0,
    );
    expect(blamed).toEqual([]);
  });
});
