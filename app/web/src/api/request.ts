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

/** Asks the person who they are; says whether they proved it. */
export type AskProof = () => Promise<boolean>;

let askProof: AskProof = () => Promise.resolve(false);
let asking: Promise<boolean> | undefined;

/** Sets who asks the person for a proof of who they are. Returns the function that takes it back. */
export function onProofNeeded(ask: AskProof): () => void {
  askProof = ask;
  return () => {
    askProof = () => Promise.resolve(false);
  };
}

/** What needs a proof at the same time is content with one. */
function proveOnce(): Promise<boolean> {
  asking ??= askProof().finally(() => {
    asking = undefined;
  });
  return asking;
}

/** Their answers bring a new cookie, and the former one is dead at once. */
const replacingCookie = new Set(['/api/auth/confirm', '/api/me/password', '/api/me/second-factor/confirm']);
let replacements = 0;
let replacing: Promise<unknown> = Promise.resolve();

/**
 * Sends one request to the server and returns its JSON body, `undefined` for an empty one. Where the server wants to
 * know again who this is, the person is asked, and the request is sent once more.
 *
 * @throws ApiProblem for every answer that is not a success, and when there is no answer.
 */
export async function request<Result>(path: string, options: RequestOptions = {}): Promise<Result> {
  const before = replacements;
  const sending = send<Result>(path, options);
  if (replacingCookie.has(path)) {
    replacements += 1;
    replacing = sending.catch(() => undefined);
  }
  try {
    return await sending;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const { code, status } = error.problem;
    if (code === 'SESSION_NOT_FRESH' && (await proveOnce())) return send<Result>(path, options);
    if (status !== 401 || path.startsWith('/api/auth/')) throw error;
    // The cookie was replaced while this request was under way: it was right when it left.
    if (replacements !== before) {
      await replacing;
      return resend<Result>(path, options);
    }
    announceSignedOut();
    throw error;
  }
}

async function resend<Result>(path: string, options: RequestOptions): Promise<Result> {
  try {
    return await send<Result>(path, options);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 401) announceSignedOut();
    throw error;
  }
}

async function send<Result>(path: string, options: RequestOptions): Promise<Result> {
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
  throw new ApiProblem(toProblem(response.status, answer, response.headers.get('retry-after')));
}
