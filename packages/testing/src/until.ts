/** How long and how often {@link until} looks. */
export interface UntilOptions {
  /** @defaultValue 30_000 */
  readonly timeoutMs?: number;
  /** @defaultValue 20 */
  readonly intervalMs?: number;
  /** Named in the error. @defaultValue 'the condition' */
  readonly what?: string;
}

/**
 * Resolves with the first truthy result of `condition`; an error thrown by it counts as "not yet".
 * @throws Error naming `what`, with the last error as its cause, after `timeoutMs`.
 */
export async function until<Result>(
  condition: () => Result | Promise<Result>,
  options: UntilOptions = {},
): Promise<NonNullable<Result>> {
  const { timeoutMs = 30_000, intervalMs = 20, what = 'the condition' } = options;
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline)
      throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
