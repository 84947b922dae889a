import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether requests of this method change nothing (RFC 9110, section 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Whether a browser sent this changing request on behalf of another site. Browsers say so in `Sec-Fetch-Site` and
 * `Origin` and pages cannot forge either; programs send neither and carry no ambient cookie.
 * After OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata" and "Verifying Origin".
 */
export function isCrossSite(method: string, headers: IncomingHttpHeaders): boolean {
  if (isSafeMethod(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
