/** What can go wrong in this package. Redis being away is not among them: that is a state, not an error. */
export type CacheErrorCode =
  | 'CACHE_OPTIONS_INVALID'
  | 'CACHE_VALUE_UNSUPPORTED'
  | 'CACHE_VALUE_MALFORMED'
  | 'CACHE_DECRYPTION_FAILED'
  | 'CACHE_LOAD_TIMEOUT'
  | 'CACHE_CLOSED';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const cacheErrors: Readonly<Record<CacheErrorCode, { readonly message: string; readonly hint: string }>> = {
  CACHE_OPTIONS_INVALID: {
    message: 'An option of the cache or of a namespace is out of its range',
    hint: 'Correct the options that the message lists.',
  },
  CACHE_VALUE_UNSUPPORTED: {
    message: 'The value cannot be cached',
    hint: 'Cache plain data: no functions, symbols, promises or class instances, and no undefined as a whole value.',
  },
  CACHE_VALUE_MALFORMED: {
    message: 'A stored record cannot be read',
    hint: 'Nothing to do: it counts as a miss and is written again.',
  },
  CACHE_DECRYPTION_FAILED: {
    message: 'A stored record cannot be decrypted',
    hint: 'Keep former encryption keys in encryption.keys until their records have expired; it counts as a miss.',
  },
  CACHE_LOAD_TIMEOUT: {
    message: 'Loading the value took longer than the hard time-out',
    hint: 'Raise hardTimeoutMs of the namespace, set graceMs to serve the former value, or speed up the source.',
  },
  CACHE_CLOSED: {
    message: 'The cache is closed',
    hint: 'Use the cache only before close().',
  },
};

/** The one error class of this package. */
export class CacheError extends Error {
  readonly code: CacheErrorCode;
  readonly hint: string;

  constructor(code: CacheErrorCode, detail?: string, options?: ErrorOptions) {
    const { message, hint } = cacheErrors[code];
    super(detail === undefined ? message : `${message}: ${detail}`, options);
    this.name = 'CacheError';
    this.code = code;
    this.hint = hint;
  }
}
