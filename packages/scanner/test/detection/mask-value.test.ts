import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskValue } from '../../src/detection/mask-value.ts';
import { normaliseValue } from '../../src/detection/normalise-value.ts';

describe('maskValue', () => {
  it.each([
    ['BSN', '111222333', '11*****33'],
    ['IBAN', 'NL91 ABNA 0417 1643 00', 'NL** **** **** **** 00'],
    ['EMAIL', 'jan.de.vries@ziggo.nl', 'j***********@z****.nl'],
    ['PERSON', 'Jan de Vries', 'J** d* V****'],
    ['DOB', '01-02-1980', '0*-**-***0'],
    ['POSTCODE', '1011 AB', '1*** *B'],
  ])('shows of %s %s only %s', (type, value, masked) => {
    expect(maskValue(type, value)).toBe(masked);
  });

  it('shows of a secret its issuer and length', () => {
    expect(maskValue('SECRET_GITHUB', 'gh' + 'p_'.concat('a1'.repeat(18)))).toBe('ghp_*** (40 characters)');
    expect(maskValue('SECRET_PASSWORD', 'Zomer2024!')).toBe('*** (10 characters)');
  });

  it('never shows more than four letters and digits of an identifier', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{1,30}$/), (value) => {
        const shown = maskValue('BSN', value).replace(/[^A-Z0-9]/g, '');
        expect(shown.length).toBeLessThanOrEqual(Math.min(4, Math.floor(value.length / 2)));
      }),
    );
  });
});

describe('normaliseValue', () => {
  it.each([
    ['BSN', '1112.22.333', '111222333'],
    ['BSN', '11222333', '011222333'],
    ['IBAN', 'nl91 abna 0417 1643 00', 'NL91ABNA0417164300'],
    ['PHONE', '0031 6 12345678', '+31612345678'],
    ['EMAIL', 'Jan@Ziggo.NL', 'jan@ziggo.nl'],
    ['PERSON', 'Jan  de Vries', 'jan de vries'],
  ])('writes %s %s as %s', (type, value, normal) => {
    expect(normaliseValue(type, value)).toBe(normal);
  });

  it('leaves secrets as they are', () => {
    expect(normaliseValue('SECRET_GENERIC', 'aB-c')).toBe('aB-c');
  });
});
