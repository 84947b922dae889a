/** Writes one line for a person. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes one line about trouble. */
export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Exit codes: 0 done, 1 not done, 2 used wrongly. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
