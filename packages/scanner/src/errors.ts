/** What ends a scan. What only leaves one item out is a {@link SkipCode}. */
export type ScannerErrorCode =
  | 'SCANNER_OPTIONS_INVALID'
  | 'SCANNER_SOURCE_INVALID'
  | 'SCANNER_PATH_NOT_FOUND'
  | 'SCANNER_PATH_UNREADABLE'
  | 'SCANNER_UPLOAD_EMPTY'
  | 'SCANNER_SCHEME_REFUSED'
  | 'SCANNER_ADDRESS_BLOCKED'
  | 'SCANNER_HOST_NOT_FOUND'
  | 'SCANNER_SITE_UNREACHABLE'
  | 'SCANNER_REDIRECTS_EXCEEDED'
  | 'SCANNER_DATABASE_REFUSED'
  | 'SCANNER_DATABASE_FAILED'
  | 'SCANNER_GIT_MISSING'
  | 'SCANNER_GIT_FAILED'
  | 'SCANNER_STORE_FAILED'
  | 'SCANNER_THREAD_FAILED'
  | 'SCANNER_ABORTED';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const scannerErrors: Readonly<Record<ScannerErrorCode, { readonly message: string; readonly hint: string }>> = {
  SCANNER_OPTIONS_INVALID: {
    message: 'An option of the scan is out of its range',
    hint: 'Correct the options that the message lists.',
  },
  SCANNER_SOURCE_INVALID: {
    message: 'The source is not one that can be scanned',
    hint: 'Give a path, an http(s) address, a git repository, or a postgres://, mysql:// or sqlite: address.',
  },
  SCANNER_PATH_NOT_FOUND: {
    message: 'The path does not exist',
    hint: 'Check the spelling and, in a container, that the folder is mounted.',
  },
  SCANNER_PATH_UNREADABLE: {
    message: 'The path cannot be read',
    hint: 'Give the account that runs the scan permission to read it, or choose another folder.',
  },
  SCANNER_UPLOAD_EMPTY: {
    message: 'The upload holds no file',
    hint: 'Upload at least one file; an empty folder has nothing to scan.',
  },
  SCANNER_SCHEME_REFUSED: {
    message: 'Addresses of this scheme are not opened',
    hint: 'Use an address that starts with http:// or https://.',
  },
  SCANNER_ADDRESS_BLOCKED: {
    message: 'The address belongs to a private, loopback or otherwise internal network',
    hint: 'Scan a public site, or have an administrator allow internal addresses for this source (allowPrivate).',
  },
  SCANNER_HOST_NOT_FOUND: {
    message: 'The host name does not resolve',
    hint: 'Check the spelling of the host and the name server of this machine.',
  },
  SCANNER_SITE_UNREACHABLE: {
    message: 'The site does not answer',
    hint: 'Open the address in a browser from this machine; check proxy, certificate and firewall.',
  },
  SCANNER_REDIRECTS_EXCEEDED: {
    message: 'The address redirects too often',
    hint: 'Give the address that the redirects finally lead to.',
  },
  SCANNER_DATABASE_REFUSED: {
    message: 'The database refuses the connection',
    hint: 'Check host, port, account, password and the access rules of the server (pg_hba.conf or GRANT).',
  },
  SCANNER_DATABASE_FAILED: {
    message: 'The database could not answer a query of the scan',
    hint: 'Give the account SELECT on the tables, or name the readable ones with `tables`.',
  },
  SCANNER_GIT_MISSING: {
    message: 'The git program is not installed',
    hint: 'Install git, or scan the working tree as a folder.',
  },
  SCANNER_GIT_FAILED: {
    message: 'git could not read the repository',
    hint: 'Check the address, the branch and, for private repositories, the credentials in it.',
  },
  SCANNER_STORE_FAILED: {
    message: 'The store of earlier results cannot be used',
    hint: 'Delete the named file, or scan without incremental results.',
  },
  SCANNER_THREAD_FAILED: {
    message: 'A scanning thread died',
    hint: 'Scan the chunk again; if it dies again, report the item that the message names.',
  },
  SCANNER_ABORTED: {
    message: 'The scan was stopped',
    hint: 'Start it again when you are ready; finished items are kept.',
  },
};

/** The one error class of this package. */
export class ScannerError extends Error {
  readonly code: ScannerErrorCode;
  readonly hint: string;

  constructor(code: ScannerErrorCode, detail?: string, options?: ErrorOptions) {
    const { message, hint } = scannerErrors[code];
    super(detail === undefined ? message : `${message}: ${detail}`, options);
    this.name = 'ScannerError';
    this.code = code;
    this.hint = hint;
  }
}

/** Collects the problems of one options object, so that one error names them all. */
export function assertOptions(problems: readonly (string | false)[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length > 0) throw new ScannerError('SCANNER_OPTIONS_INVALID', found.join('; '));
}

/** The stop as an error, whatever reason the signal carries. */
export function toAbortError(signal: AbortSignal): ScannerError {
  const { reason } = signal;
  if (reason instanceof ScannerError) return reason;
  return new ScannerError('SCANNER_ABORTED', undefined, { cause: reason });
}

/** The message of anything thrown, on one line, shortened. */
export function toReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
