/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type DashboardErrorCode = 'DASHBOARD_BAD_REQUEST' | 'DASHBOARD_NOT_FOUND' | 'DASHBOARD_OPTIONS_INVALID';

const STATUS: Record<DashboardErrorCode, number> = {
  DASHBOARD_BAD_REQUEST: 400,
  DASHBOARD_NOT_FOUND: 404,
  DASHBOARD_OPTIONS_INVALID: 500,
};

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const dashboardErrors: Readonly<
  Record<DashboardErrorCode, { readonly message: string; readonly hint: string }>
> = {
  DASHBOARD_BAD_REQUEST: { message: 'The request cannot be used', hint: 'Correct what the message names.' },
  DASHBOARD_NOT_FOUND: { message: 'The thing does not exist', hint: 'Read the list again; it may have been removed.' },
  DASHBOARD_OPTIONS_INVALID: {
    message: 'An option of the dashboard is out of its range',
    hint: 'Correct the options named in the message.',
  },
};

/** A request that the dashboard cannot answer. `hint` says what to do about it. */
export class DashboardError extends Error {
  readonly code: DashboardErrorCode;
  readonly hint: string;
  readonly statusCode: number;

  constructor(code: DashboardErrorCode, message: string) {
    super(message);
    this.name = 'DashboardError';
    this.code = code;
    this.hint = dashboardErrors[code].hint;
    this.statusCode = STATUS[code];
  }
}
