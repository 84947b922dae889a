/** What can go wrong in this package. */
export type ResilienceErrorCode =
  | 'RESILIENCE_DEADLINE_EXCEEDED'
  | 'RESILIENCE_CIRCUIT_OPEN'
  | 'RESILIENCE_OPTIONS_INVALID';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const resilienceErrors: Readonly<
  Record<ResilienceErrorCode, { readonly message: string; readonly hint: string }>
> = {
  RESILIENCE_DEADLINE_EXCEEDED: {
    message: 'The work did not finish within its hard deadline and was told to stop',
    hint: 'Raise hardMs, or find out what the work waits for: its signal is aborted with this error.',
  },
  RESILIENCE_CIRCUIT_OPEN: {
    message: 'The circuit breaker is open, so the work was not started',
    hint: 'Serve the fallback; the breaker lets probes through once openMs has passed.',
  },
  RESILIENCE_OPTIONS_INVALID: {
    message: 'An option is out of its range',
    hint: 'Correct the options that the message lists.',
  },
};

/** The one error class of this package. */
export class ResilienceError extends Error {
  readonly code: ResilienceErrorCode;
  readonly hint: string;

  constructor(code: ResilienceErrorCode, detail?: string, options?: ErrorOptions) {
    const { message, hint } = resilienceErrors[code];
    super(detail === undefined ? message : `${message}: ${detail}`, options);
    this.name = 'ResilienceError';
    this.code = code;
    this.hint = hint;
  }
}

/** Collects the problems of one options object, so that one error names them all. */
export function assertOptions(problems: readonly (string | false)[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length > 0) throw new ResilienceError('RESILIENCE_OPTIONS_INVALID', found.join('; '));
}
