import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passesLuhn } from '../../src/detection/checksum.ts';
import { isBsn } from '../../src/detectors/bsn.ts';
import { isIban } from '../../src/detectors/iban.ts';
import { isIrishNumber, isPesel } from '../../src/detectors/national/central-europe.ts';
import { isFrenchSocialNumber } from '../../src/detectors/national/france.ts';
import { isItalianFiscalCode } from '../../src/detectors/national/italy.ts';
import { isNorwegianNumber } from '../../src/detectors/national/nordics.ts';
import { isPortugueseNif, isSpanishDni, isSpanishNie } from '../../src/detectors/national/spain-portugal.ts';
import { createMakers } from './corpus/makers.ts';
import { ibanOf, luhnDigit, ORACLES } from './corpus/identifiers.ts';

const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(''));
const capital = fc.integer({ min: 65, max: 90 }).map((code) => String.fromCharCode(code));

describe('check digits agree with an independent library', () => {
  it('for the Dutch citizen service number', () => {
    fc.assert(
      fc.property(digits(9), (value) => {
        fc.pre(!value.startsWith('00') && !/^(\d)\1{8}$/.test(value));
        expect(isBsn(value)).toBe(ORACLES.bsn(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('for the Spanish DNI and NIE', () => {
    fc.assert(
      fc.property(digits(8), capital, (number, letter) => {
        expect(isSpanishDni(number + letter)).toBe(ORACLES.dni(number + letter));
        const foreigner = `X${number.slice(1)}${letter}`;
        expect(isSpanishNie(foreigner)).toBe(ORACLES.nie(foreigner));
      }),
      { numRuns: 1000 },
    );
  });

  it('for the Portuguese NIF, wherever the library allows the first digit', () => {
    fc.assert(
      fc.property(digits(8), (value) => {
        expect(isPortugueseNif(`2${value}`)).toBe(ORACLES.nif(`2${value}`));
      }),
      { numRuns: 1000 },
    );
  });

  it('for numbers with a date, on valid ones and on each of their single-digit changes', () => {
    const makers = createMakers(77);
    const checks = [
      ['PL_PESEL', isPesel, ORACLES.pesel],
      ['IT_CF', isItalianFiscalCode, ORACLES.codiceFiscale],
      ['IE_PPSN', isIrishNumber, ORACLES.pps],
    ] as const;
    for (const [type, ours, oracle] of checks) {
      const value = (makers[type]?.() ?? '').replaceAll('-', '');
      expect(ours(value)).toBe(true);
      const last = value.length - 1;
      for (const digit of '0123456789') {
        const changed = value.slice(0, 2) + digit + value.slice(3);
        if (!oracle(changed)) continue;
        expect(ours(changed)).toBe(true);
      }
      expect(ours(value.slice(0, last) + (value[last] === 'A' || value[last] === '1' ? '2' : '1'))).toBe(false);
    }
  });

  it('for the French number, built from its definition', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), digits(6), (year, tail) => {
        const body = `2${String(year).padStart(2, '0')}0775${tail}`;
        const key = String(97n - (BigInt(body) % 97n)).padStart(2, '0');
        expect(isFrenchSocialNumber(body + key)).toBe(true);
        expect(isFrenchSocialNumber(body + String((Number(key) % 97) + 1).padStart(2, '0'))).toBe(false);
      }),
    );
  });

  it('for the Norwegian number', () => {
    fc.assert(
      // Serials below 500 belong to people born from 1900 to 1999.
      fc.property(fc.integer({ min: 0, max: 49_999 }), (tail) => {
        const value = `150785${String(tail).padStart(5, '0')}`;
        expect(isNorwegianNumber(value)).toBe(ORACLES.fnr(value));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('Luhn and mod 97', () => {
  it('accept the right check digit and refuse the nine others', () => {
    fc.assert(
      fc.property(digits(15), (body) => {
        const right = luhnDigit(body);
        for (const digit of '0123456789') expect(passesLuhn(body + digit)).toBe(digit === right);
      }),
      { numRuns: 200 },
    );
  });

  it('accept an IBAN with its check digits and refuse it with any single digit changed', () => {
    fc.assert(
      fc.property(
        digits(10),
        fc.integer({ min: 8, max: 17 }),
        fc.integer({ min: 1, max: 9 }),
        (account, place, shift) => {
          const iban = ibanOf('NL', `INGB${account}`);
          expect(isIban(iban)).toBe(true);
          const changed = iban.slice(0, place) + String((Number(iban[place]) + shift) % 10) + iban.slice(place + 1);
          expect(isIban(changed)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
