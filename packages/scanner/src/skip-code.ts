/** Why an item, or a part of it, was not scanned. */
export type SkipCode =
  | 'UNREADABLE'
  | 'SYMLINK'
  | 'SPECIAL_FILE'
  | 'BINARY'
  | 'UNSUPPORTED'
  | 'BROKEN'
  | 'ENCRYPTED'
  | 'TOO_LARGE'
  | 'ARCHIVE_RATIO'
  | 'ARCHIVE_SIZE'
  | 'ARCHIVE_DEPTH'
  | 'ARCHIVE_ENTRIES'
  | 'UNSAFE_NAME'
  | 'TABLE_UNREADABLE'
  | 'ROBOTS'
  | 'HTTP_STATUS'
  | 'ADDRESS_BLOCKED'
  | 'UNREACHABLE'
  | 'LIMIT_REACHED'
  | 'NO_TEXT';

/** What each code means and what to do about it; `docs/errors.md` shows this table. */
export const skipCodes: Readonly<Record<SkipCode, { readonly message: string; readonly hint: string }>> = {
  UNREADABLE: {
    message: 'The item cannot be opened or read',
    hint: 'Give the scanning account permission, or look for a failing disk.',
  },
  SYMLINK: {
    message: 'A symbolic link that leads out of the scanned folder, in a circle or nowhere',
    hint: 'Scan its target as a source of its own.',
  },
  SPECIAL_FILE: { message: 'A device, socket or pipe', hint: 'Nothing to do: it holds no stored data.' },
  BINARY: {
    message: 'Binary data without text',
    hint: 'Nothing to do for programs, pictures and fonts; convert scans of paper to text first.',
  },
  UNSUPPORTED: { message: 'A format that is not read', hint: 'Convert it to a format that is, and scan that.' },
  BROKEN: {
    message: 'The content contradicts its format',
    hint: 'Open it with the program that made it and repair it.',
  },
  ENCRYPTED: { message: 'Protected by a password', hint: 'Remove the password and scan again.' },
  TOO_LARGE: { message: 'Larger than the limit for its format', hint: 'Raise the limit that the reason names.' },
  ARCHIVE_RATIO: {
    message: 'Unpacks to suspiciously much, as an archive bomb does',
    hint: 'If the archive is genuine, unpack it and scan the folder.',
  },
  ARCHIVE_SIZE: {
    message: 'Unpacks to more than the limit',
    hint: 'Raise maxExpandedBytes, or unpack it and scan the folder.',
  },
  ARCHIVE_DEPTH: { message: 'An archive inside too many archives', hint: 'Unpack the outer ones and scan the folder.' },
  ARCHIVE_ENTRIES: { message: 'An archive with too many entries', hint: 'Unpack it and scan the folder.' },
  UNSAFE_NAME: {
    message: 'An archive entry whose name leads out of the archive',
    hint: 'Distrust the archive: unpacking it could overwrite files elsewhere.',
  },
  TABLE_UNREADABLE: { message: 'A table that may not be read', hint: 'Give the account SELECT on it.' },
  ROBOTS: { message: 'robots.txt asks not to fetch it', hint: 'Ask the owner of the site, or scan its files.' },
  HTTP_STATUS: { message: 'The server answered with an error', hint: 'Open the address in a browser.' },
  ADDRESS_BLOCKED: {
    message: 'Leads to a private, loopback or otherwise internal address',
    hint: 'Have an administrator allow internal addresses for this source.',
  },
  UNREACHABLE: { message: 'The server did not answer', hint: 'Try again later.' },
  LIMIT_REACHED: { message: 'Left out because a limit of the scan was reached', hint: 'Raise the limit it names.' },
  NO_TEXT: { message: 'A document without text, most likely scanned paper', hint: 'Run text recognition on it first.' },
};

/** Leaves out the item that is being read. Thrown by readers, reported as a `skipped` event. */
export class SkipError extends Error {
  readonly code: SkipCode;

  constructor(code: SkipCode, reason?: string, options?: ErrorOptions) {
    super(reason ?? skipCodes[code].message, options);
    this.name = 'SkipError';
    this.code = code;
  }
}
