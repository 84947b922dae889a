import { ApiProblem, toProblem } from './problem.ts';

/** What a request may carry beside its path. */
export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const signedOutListeners = new Set<() => void>();

/** Calls `listener` when the server no longer knows this browser's session. Returns the unsubscribe function. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Tells every listener that the session is gone. */
export function announceSignedOut(): void {
  for (const listener of signedOutListeners) listener();
}

async function readBody(response: Response): Promise<unknown> {
  const kind = response.headers.get('content-type') ?? '';
  if (!/json/.test(kind)) return undefined;
  return response.json().catch(() => undefined);
}

/**
 * Sends one request to the server and returns its JSON body, `undefined` for an empty one.
 *
 * @throws ApiProblem for every answer that is not a success, and when there is no answer.
 */
export async function request<Result>(path: string, options: RequestOptions = {}): Promise<Result> {
  const { method = 'GET', body, signal } = options;
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiProblem({ status: 0, code: 'UNREACHABLE', title: 'The server does not answer' }, { cause });
  });
  const answer = await readBody(response);
  if (response.ok) return answer as Result;
  const problem = new ApiProblem(toProblem(response.status, answer, response.headers.get('retry-after')));
  if (response.status === 401 && !path.startsWith('/api/auth/')) announceSignedOut();
  throw problem;
}
