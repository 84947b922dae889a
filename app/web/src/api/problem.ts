/** The body of an error answer (RFC 9457) as this server writes it. */
export interface ProblemDocument {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  /** What the person can do about it. */
  readonly hint?: string;
  /** Per field of the request: what is wrong with it. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly retryAfterSeconds?: number;
}

/** An answer that is not a success, or no answer at all (`status` 0). */
export class ApiProblem extends Error {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument, options?: ErrorOptions) {
    super(problem.title, options);
    this.name = 'ApiProblem';
    this.problem = problem;
  }

  /** True when trying again later may succeed: no answer, starting, overloaded. */
  get isTemporary(): boolean {
    return [0, 429, 502, 503, 504].includes(this.problem.status);
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Reads a problem document out of an unknown body; a body of another kind still gives a usable problem. */
export function toProblem(status: number, body: unknown, retryAfter: string | null): ProblemDocument {
  const source: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {};
  const errors = Array.isArray(source['errors'])
    ? source['errors'].flatMap((entry: unknown) => {
        const { field, path, message } = Object(entry) as Record<string, unknown>;
        const name = text(field) ?? text(path);
        return name && text(message) ? [{ field: name, message: String(message) }] : [];
      })
    : [];
  const detail = text(source['detail']);
  const hint = text(source['hint']);
  const retryAfterSeconds = Number(retryAfter ?? Number.NaN);
  return {
    status,
    code: text(source['code']) ?? `HTTP_${status}`,
    title: text(source['title']) ?? `HTTP ${status}`,
    ...(detail ? { detail } : {}),
    ...(hint ? { hint } : {}),
    ...(errors.length > 0 ? { errors } : {}),
    ...(Number.isFinite(retryAfterSeconds) ? { retryAfterSeconds } : {}),
  };
}
