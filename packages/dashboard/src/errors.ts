/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type DashboardErrorCode = 'DASHBOARD_BAD_REQUEST' | 'DASHBOARD_NOT_FOUND';

const STATUS: Record<DashboardErrorCode, number> = { DASHBOARD_BAD_REQUEST: 400, DASHBOARD_NOT_FOUND: 404 };

const HINTS: Record<DashboardErrorCode, string> = {
  DASHBOARD_BAD_REQUEST: 'Correct what the message names.',
  DASHBOARD_NOT_FOUND: 'Read the list again; it may have been removed.',
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
    this.hint = HINTS[code];
    this.statusCode = STATUS[code];
  }
}
