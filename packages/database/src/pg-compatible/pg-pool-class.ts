import type { EventEmitter } from 'node:events';
import pg from 'pg';

/**
 * Gives a class of pools the name of `pg.Pool`, and its instances that ancestry: libraries tell a pool from a client by
 * `instanceof` (Prisma) or by the name of its class (Drizzle, rate-limiter-flexible), and treat what they do not know as
 * one connection.
 */
export function passForPgPool(poolClass: { readonly prototype: EventEmitter }): void {
  Object.setPrototypeOf(poolClass.prototype, pg.Pool.prototype);
  Object.defineProperty(poolClass, 'name', { value: pg.Pool.name });
}

/** How a call of a pool ends, whichever way its caller hears of it. */
export type Settle<Result> = (error: Error | null | undefined, result?: Result) => void;

/** The two ways of `pg`: to the callback where there is one, else to a promise. */
export function toSettle<Result>(
  callback: Settle<Result> | undefined,
  PromiseClass: PromiseConstructor,
): { settle: Settle<Result>; promise: Promise<Result> | undefined } {
  if (callback !== undefined) return { settle: callback, promise: undefined };
  let settle: Settle<Result> = () => undefined;
  const promise = new PromiseClass<Result>((resolve, reject) => {
    settle = (error, result) => (error === undefined || error === null ? resolve(result as Result) : reject(error));
  }).catch((error: Error) => {
    // Errors are made where the socket is read; callers want to see where they asked.
    Error.captureStackTrace(error);
    throw error;
  });
  return { settle: (error, result) => settle(error, result), promise };
}
