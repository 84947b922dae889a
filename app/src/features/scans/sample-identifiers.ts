/** A seeded source of numbers (mulberry32), so that the sample is the same everywhere. */
export function createSampleNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const digitsOf = (value: string): number[] => Array.from(value, Number);

/** A number that passes the Dutch 11-test and belongs to nobody known: it begins with 9999. */
export function sampleBsn(numbers: (below: number) => number): string {
  for (;;) {
    const head = `9999${String(numbers(10_000)).padStart(4, '0')}`;
    const sum = digitsOf(head).reduce((total, digit, index) => total + digit * (9 - index), 0);
    const check = sum % 11;
    if (check < 10) return head + String(check);
  }
}

/** An IBAN with right check digits at a bank that does not exist. */
export function sampleIban(numbers: (below: number) => number): string {
  const account = `DGPX${String(numbers(10_000_000_000)).padStart(10, '0')}`;
  const digits = `${account}NL00`.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  const check = 98n - (BigInt(digits) % 97n);
  return `NL${String(check).padStart(2, '0')}${account}`;
}

/** A card number with a right check digit in a range that is kept for tests. */
export function sampleCard(numbers: (below: number) => number): string {
  const head = `400000${String(numbers(1_000_000_000)).padStart(9, '0')}`;
  const sum = digitsOf(head)
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = index % 2 === 0 ? digit * 2 : digit;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return head + String((10 - (sum % 10)) % 10);
}

/** Something shaped like a token; put together here, so that no file of the project holds one. */
export function sampleToken(numbers: (below: number) => number, prefix: readonly string[], length: number): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789';
  return prefix.join('') + Array.from({ length }, () => letters[numbers(letters.length)]).join('');
}
