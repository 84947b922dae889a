/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type ProfilerErrorCode = 'PROFILER_OPTIONS_INVALID' | 'PROFILER_PROFILE_UNREADABLE';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const profilerErrors: Readonly<Record<ProfilerErrorCode, { readonly message: string; readonly hint: string }>> =
  {
    PROFILER_OPTIONS_INVALID: {
      message: 'An option is out of its range',
      hint: 'Correct the options named in the message.',
    },
    PROFILER_PROFILE_UNREADABLE: {
      message: 'A profile to import is broken or of an unknown format',
      hint: 'Import pprof, .cpuprofile or Speedscope files of at most 64 MB.',
    },
  };

/** A failure of the profiler. `hint` says what to do about it. */
export class ProfilerError extends Error {
  readonly code: ProfilerErrorCode;
  readonly hint: string;

  constructor(code: ProfilerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProfilerError';
    this.code = code;
    this.hint = profilerErrors[code].hint;
  }
}
