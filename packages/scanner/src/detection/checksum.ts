/** The digits of `value`, without anything else in it. */
export function digitsOf(value: string): string {
  return value.replace(/\D+/g, '');
}

/** The sum of each digit of `digits` times the weight at its place. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [index, weight] of weights.entries()) sum += (digits.charCodeAt(index) - 48) * weight;
  return sum;
}

/** Whether all characters of `value` are the same. */
export function isRepeated(value: string): boolean {
  for (let index = 1; index < value.length; index++) if (value[index] !== value[0]) return false;
  return true;
}

/** The check of Luhn, US patent 2,950,048, 1960, over ASCII digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, even = false; index >= 0; index--, even = !even) {
    let digit = digits.charCodeAt(index) - 48;
    if (even) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

/** The remainder by 97 of a string of digits and upper-case letters, where `A` is 10 (ISO 7064 MOD 97-10). */
export function remainderBy97(value: string): number {
  let remainder = 0;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code >= 65) {
      remainder = (remainder * 100 + code - 55) % 97;
    } else {
      remainder = (remainder * 10 + code - 48) % 97;
    }
  }
  return remainder;
}

/** The check of ISO 7064 MOD 11,10 over ASCII digits, the last being the check digit. */
export function passesMod1110(digits: string): boolean {
  let check = 5;
  for (let index = 0; index < digits.length; index++) {
    check = (((check || 10) * 2) % 11) + (digits.charCodeAt(index) - 48);
    check %= 10;
  }
  return check === 1;
}

/** Whether year, month (1 to 12) and day name a day of the Gregorian calendar. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}
