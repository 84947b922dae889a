/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type AdvisorErrorCode =
  | 'ADVISOR_OPTIONS_INVALID'
  | 'ADVISOR_UNKNOWN_RECOMMENDATION'
  | 'ADVISOR_WRONG_STATE'
  | 'ADVISOR_BUSY'
  | 'ADVISOR_NO_ACTUATOR'
  | 'ADVISOR_APPLY_FAILED'
  | 'ADVISOR_MODEL_FAILED';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const advisorErrors: Readonly<Record<AdvisorErrorCode, { readonly message: string; readonly hint: string }>> = {
  ADVISOR_OPTIONS_INVALID: {
    message: 'The options of the advisor cannot be used',
    hint: 'Correct the option that the message names.',
  },
  ADVISOR_UNKNOWN_RECOMMENDATION: {
    message: 'The recommendation does not exist',
    hint: 'Read the list again; the recommendation may have been withdrawn.',
  },
  ADVISOR_WRONG_STATE: {
    message: 'The recommendation is not in the state that this needs',
    hint: 'Read the list again; somebody may have acted on it in the meantime.',
  },
  ADVISOR_BUSY: {
    message: 'Somebody else is acting on the recommendation',
    hint: 'Wait a moment and read the list again.',
  },
  ADVISOR_NO_ACTUATOR: {
    message: 'Nothing here can carry the change out',
    hint: 'Carry the change out by hand; this installation cannot apply it.',
  },
  ADVISOR_APPLY_FAILED: {
    message: 'The change could not be applied',
    hint: 'Nothing was changed. The cause says why; correct it and apply again.',
  },
  ADVISOR_MODEL_FAILED: {
    message: 'The language model gave no usable answer',
    hint: 'Recommendations keep their own words. Check the address, the model and the key of the endpoint.',
  },
};

const STATUS: Record<AdvisorErrorCode, number> = {
  ADVISOR_OPTIONS_INVALID: 500,
  ADVISOR_UNKNOWN_RECOMMENDATION: 404,
  ADVISOR_WRONG_STATE: 409,
  ADVISOR_BUSY: 409,
  ADVISOR_NO_ACTUATOR: 409,
  ADVISOR_APPLY_FAILED: 502,
  ADVISOR_MODEL_FAILED: 502,
};

/** A failure of the advisor. `hint` says what to do about it. */
export class AdvisorError extends Error {
  readonly code: AdvisorErrorCode;
  readonly hint: string;
  /** What an HTTP server should answer. */
  readonly statusCode: number;

  constructor(code: AdvisorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdvisorError';
    this.code = code;
    this.hint = advisorErrors[code].hint;
    this.statusCode = STATUS[code];
  }
}
