/** One field of a request and what is wrong with it. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What a problem document says beside its status. */
export interface ProblemDetails {
  /** Stable for programs; docs/errors.md lists all. */
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  /** What the person can do about it. */
  readonly hint?: string;
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number;
  /** Where a proof of who is signed in is taken, which is wanted first. */
  readonly confirmAt?: string;
}

/** An answer that is not a success, thrown by handlers and sent as RFC 9457 `application/problem+json`. */
export class Problem extends Error {
  readonly statusCode: number;
  readonly details: ProblemDetails;

  constructor(statusCode: number, details: ProblemDetails, options?: ErrorOptions) {
    super(details.detail ?? details.title, options);
    this.name = 'Problem';
    this.statusCode = statusCode;
    this.details = details;
  }

  get code(): string {
    return this.details.code;
  }
}

/** 404, the same for what does not exist and for what belongs to others. */
export function notFound(): Problem {
  return new Problem(404, {
    code: 'NOT_FOUND',
    title: 'Not found',
    detail: 'There is nothing here, or nothing that you may see.',
    hint: 'Check the address, or go back to the list.',
  });
}

/** 400 with one reason. */
export function badRequest(code: string, detail: string, hint?: string): Problem {
  return new Problem(400, {
    code,
    title: 'The request cannot be used',
    detail,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** 409: the thing is not in the state that the request needs. */
export function conflict(code: string, detail: string, hint?: string): Problem {
  return new Problem(409, {
    code,
    title: 'Not possible in the present state',
    detail,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** 401: nobody is signed in. */
export function notSignedIn(): Problem {
  return new Problem(401, {
    code: 'NOT_SIGNED_IN',
    title: 'Not signed in',
    detail: 'Nobody is signed in, or the session has ended.',
    hint: 'Sign in and try again.',
  });
}

/** 403: signed in, but not allowed to. */
export function forbidden(detail = 'Your role does not allow this.'): Problem {
  return new Problem(403, {
    code: 'FORBIDDEN',
    title: 'Not allowed',
    detail,
    hint: 'Ask an administrator of your organisation.',
  });
}

/** 403: the latest proof of who is signed in is too old for what the request asks. */
export function notFresh(): Problem {
  return new Problem(403, {
    code: 'SESSION_NOT_FRESH',
    title: 'Confirm that it is you',
    detail: 'This needs a recent proof of who you are.',
    hint: 'Send your password to POST /api/auth/confirm, then send this request again with the new cookie.',
    confirmAt: '/api/auth/confirm',
  });
}

/** 403: the organisation requires a second factor, and this account has none yet. */
export function secondFactorDue(): Problem {
  return new Problem(403, {
    code: 'SECOND_FACTOR_DUE',
    title: 'A second factor is required',
    detail: 'Your organisation requires a second factor of its administrators.',
    hint: 'Set it up under Account, or with POST /api/me/second-factor.',
  });
}

/** 503 with the time after which to try again. */
export function unavailable(detail: string, retryAfterSeconds: number, options?: ErrorOptions): Problem {
  return new Problem(
    503,
    {
      code: 'UNAVAILABLE',
      title: 'Not available right now',
      detail,
      hint: `Try again in ${retryAfterSeconds} seconds; nothing was lost.`,
      retryAfterSeconds,
    },
    options,
  );
}

/** What admission control answers: 429 to who has too much waiting, 503 when everybody has. */
export function busy(statusCode: 429 | 503, retryAfterSeconds: number): Problem {
  const hint = `Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}; nothing was lost.`;
  if (statusCode === 429)
    return new Problem(429, {
      code: 'TOO_MANY_REQUESTS',
      title: 'Too many requests at once',
      detail: 'You have more requests waiting than the server keeps for one person.',
      hint,
      retryAfterSeconds,
    });
  return new Problem(503, {
    code: 'OVERLOADED',
    title: 'The server is busy',
    detail: 'More people ask for more than the server can do right now.',
    hint,
    retryAfterSeconds,
  });
}
