/** How the session cookie is set. */
export interface CookieOptions {
  /** Behind TLS: `Secure` and the `__Host-` prefix, which binds the cookie to this very host. */
  readonly secure: boolean;
}

const NAME = 'dataguardian';

/** The cookie's name. */
export function cookieName({ secure }: CookieOptions): string {
  return secure ? `__Host-${NAME}` : NAME;
}

/** The `Set-Cookie` value that hands the token to the browser, until the browser is closed. */
export function toSetCookie(token: string, options: CookieOptions): string {
  return `${cookieName(options)}=${token}; Path=/; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** The `Set-Cookie` value that takes it back. */
export function toClearCookie(options: CookieOptions): string {
  return `${toSetCookie('', options)}; Max-Age=0`;
}

/** The token of a `Cookie` header. A name that is given twice counts as none: somebody tries to plant one. */
export function readToken(header: string | undefined, options: CookieOptions): string | undefined {
  if (header === undefined) return undefined;
  const prefix = `${cookieName(options)}=`;
  const values = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix));
  const [value] = values;
  return values.length === 1 && value !== undefined ? value.slice(prefix.length) : undefined;
}
