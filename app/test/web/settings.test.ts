import { describe, expect, it } from 'vitest';
import { parseRetentionDays, parseScanRoots } from '../../web/src/pages/settings/parse-settings.ts';

describe('days of retention', () => {
  it.each([
    ['', null],
    ['  ', null],
    ['30', 30],
    [' 365 ', 365],
    ['3650', 3_650],
  ])('takes %j as %j', (text, days) => {
    expect(parseRetentionDays(text)).toBe(days);
  });

  it.each(['0', '3651', '-1', '1.5', '1e3', 'a week', '99999'])('refuses %j', (text) => {
    expect(parseRetentionDays(text)).toBeUndefined();
  });
});

describe('folders', () => {
  it('are full paths, one on each line, once', () => {
    expect(parseScanRoots('/srv/shared\n\n /home \n/srv/shared\n')).toEqual(['/srv/shared', '/home']);
    expect(parseScanRoots('')).toEqual([]);
  });

  it('are refused as a whole when one is no full path', () => {
    expect(parseScanRoots('/srv\nshared')).toBeUndefined();
  });
});
