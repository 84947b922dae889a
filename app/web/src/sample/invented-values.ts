/** Draws the invented values of the sample data; the same seed gives the same people. */
export interface InventedValues {
  /** A whole number from 0 up to, but not with, `limit`. */
  below(limit: number): number;
  pick<Value>(list: readonly [Value, ...Value[]]): Value;
  /** Nine digits that pass the eleven-test. */
  bsn(): string;
  /** A Dutch account number of a bank that does not exist, with right check digits. */
  iban(): string;
  /** Letters and digits that mean nothing. */
  token(length: number, alphabet: string): string;
}

/** The generator of Park and Miller, "Random number generators: good ones are hard to find", 1988. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const digitsOf = (count: number, draw: () => number): readonly number[] =>
  Array.from({ length: count }, () => Math.floor(draw() * 10));

function toBsn(draw: () => number): string {
  for (;;) {
    const digits = [1 + Math.floor(draw() * 8), ...digitsOf(7, draw)];
    const sum = digits.reduce((total, digit, index) => total + digit * (9 - index), 0);
    if (sum % 11 < 10) return [...digits, sum % 11].join('');
  }
}

function toIban(draw: () => number): string {
  const account = `TEST0${digitsOf(9, draw).join('')}`;
  const asDigits = Array.from(`${account}NL00`, (sign) => Number.parseInt(sign, 36)).join('');
  const check = 98n - (BigInt(asDigits) % 97n);
  return `NL${String(check).padStart(2, '0')}${account}`;
}

/** Starts drawing. */
export function createInventedValues(seed: number): InventedValues {
  const draw = createRandom(seed);
  const below = (limit: number): number => Math.floor(draw() * limit);
  return {
    below,
    pick: (list) => list[below(list.length)] ?? list[0],
    bsn: () => toBsn(draw),
    iban: () => toIban(draw),
    token: (length, alphabet) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  };
}
