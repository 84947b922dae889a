const DAY_MS = 86_400_000;
/** Day 0 of the 1900 date system, counting its fictitious 29 February 1900 (ECMA-376, part 1, 18.17.4.1). */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const LAST_DAY = 2_958_465;

/** Whether a number format shows a date: one of the built-in ones, or a code with day and year or month. */
export function isDateFormat(id: string, code?: string): boolean {
  if (code !== undefined) return /[yd]/i.test(code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, ''));
  const number = Number(id);
  return (number >= 14 && number <= 17) || number === 22;
}

/** The date behind a serial number, as `YYYY-MM-DD`. */
export function toIsoDate(serial: number): string | undefined {
  if (!(serial > 0 && serial <= LAST_DAY)) return undefined;
  return new Date(EPOCH_MS + Math.floor(serial) * DAY_MS).toISOString().slice(0, 10);
}
