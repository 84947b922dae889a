import { stdnum } from 'stdnum';
import type { SeededRandom } from '@dataguardian/testing';

/** Accepts or refuses a number; the oracle is the stdnum package, so that we do not test our check digits with themselves. */
type Oracle = (value: string) => boolean;

/** `count` random digits. */
export function randomDigits(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => String(random.integer(0, 9))).join('');
}

/** Replaces `9` by a digit and `A` by a capital letter. */
export function fromPattern(random: SeededRandom, pattern: string): string {
  return pattern.replace(/[9A]/g, (sign) => (sign === '9' ? String(random.integer(0, 9)) : letter(random)));
}

function letter(random: SeededRandom): string {
  return String.fromCharCode(65 + random.integer(0, 25));
}

/** Draws until the oracle says `wanted`. */
export function drawUntil(draw: () => string, oracle: Oracle, wanted = true): string {
  for (let attempt = 0; attempt < 200_000; attempt++) {
    const value = draw();
    if (oracle(value) === wanted) return value;
  }
  throw new Error('no value found that the oracle wants');
}

function oracleOf(country: string, name: string): Oracle {
  const validator = stdnum[country]?.[name];
  if (validator === undefined) throw new Error(`stdnum has no ${country}.${name}`);
  return (value) => validator.validate(value).isValid;
}

/** The oracles that the corpus and the property tests use. */
export const ORACLES = {
  bsn: oracleOf('NL', 'bsn'),
  rrn: oracleOf('BE', 'nn'),
  steuerId: oracleOf('DE', 'idnr'),
  nir: oracleOf('FR', 'nir'),
  dni: oracleOf('ES', 'dni'),
  nie: oracleOf('ES', 'nie'),
  codiceFiscale: oracleOf('IT', 'codicefiscale'),
  pesel: oracleOf('PL', 'pesel'),
  personnummer: oracleOf('SE', 'personnummer'),
  cpr: oracleOf('DK', 'cpr'),
  hetu: oracleOf('FI', 'hetu'),
  nif: oracleOf('PT', 'nif'),
  svnr: oracleOf('AT', 'vnr'),
  pps: oracleOf('IE', 'pps'),
  btw: oracleOf('NL', 'btw'),
  fnr: oracleOf('NO', 'fodselsnummer'),
} as const;

/** The check of Luhn, written apart from the one under test. */
export function luhnDigit(body: string): string {
  const sum = Array.from(body)
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return String((10 - (sum % 10)) % 10);
}

/** An IBAN with right check digits for a country and account part. */
export function ibanOf(country: string, account: string): string {
  const numeric = Array.from(`${account}${country}00`, (sign) =>
    /\d/.test(sign) ? sign : String(sign.charCodeAt(0) - 55),
  ).join('');
  const check = String(98n - (BigInt(numeric) % 97n)).padStart(2, '0');
  return `${country}${check}${account}`;
}

/** Groups of four. */
export function inFours(value: string): string {
  return value.replace(/(.{4})(?=.)/g, '$1 ');
}

/** `dd`, `mm`, `yyyy` of a plausible birth. */
export function birthDate(random: SeededRandom): { day: string; month: string; year: string } {
  return {
    day: String(random.integer(1, 28)).padStart(2, '0'),
    month: String(random.integer(1, 12)).padStart(2, '0'),
    year: String(random.integer(1938, 2006)),
  };
}
