import { isWordCode } from '../../detection/character-class.ts';
import type { Detector } from '../../detection/detector.ts';
import { entropyBits } from './entropy.ts';
import { isPlaceholder } from './placeholder.ts';

const PEM_HEAD = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const PEM_TAIL = /-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const LONGEST_KEY = 16_384;

/** Private key in PEM armour, with its body; the word alone in a document is none. */
export const privateKey: Detector = {
  type: 'SECRET_PRIVATE_KEY',
  tier: 'A',
  triggers: [{ kind: 'keyword', words: ['begin'] }],
  prior: 5,
  verify({ text, start: begin }) {
    const start = begin - 5;
    PEM_HEAD.lastIndex = start;
    const head = start < 0 ? undefined : PEM_HEAD.exec(text)?.[0];
    if (head === undefined) return undefined;
    const inside = text.slice(start + head.length, start + LONGEST_KEY).search(/-----(?:END|BEGIN) /);
    const tail = inside === -1 ? -1 : start + head.length + inside;
    PEM_TAIL.lastIndex = tail;
    const closed = tail !== -1 ? PEM_TAIL.exec(text)?.[0] : undefined;
    const end = closed === undefined ? start + head.length : tail + closed.length;
    // A file cut off after the armour's first line still says that a key was there.
    if (/^[\s"'`\\n]{0,8}$/.test(text.slice(start + head.length, start + head.length + 9))) {
      const opensLine = text[start - 1] === undefined || text[start - 1] === '\n';
      return opensLine ? { start, end, bonus: -4, reasons: ['private key armour'] } : undefined;
    }
    const body = text.slice(start + head.length, closed === undefined ? start + head.length + 400 : tail);
    const solid = body.replace(/\\[nr]|[\s"'+,|*#>]/g, '');
    const encoded = solid.match(/[A-Za-z0-9+/=]{20,}/g)?.join('') ?? '';
    if (encoded.length < 24 || entropyBits(encoded) < 3 || /\.{3}|x{5}|[[<]/i.test(solid.slice(0, 60)))
      return undefined;
    return { start, end, reasons: ['private key armour with a body'] };
  },
};

const JWT = /eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{2,8000}\.[A-Za-z0-9_-]{10,2000}/y;

/** JSON web token whose header parses. */
export const jsonWebToken: Detector = {
  type: 'SECRET_JWT',
  tier: 'A',
  triggers: [{ kind: 'prefix', prefixes: ['eyJ'] }],
  prior: 4,
  verify({ text, start }) {
    JWT.lastIndex = start;
    const value = JWT.exec(text)?.[0];
    if (value === undefined || isWordCode(text.charCodeAt(start - 1))) return undefined;
    const [head = ''] = value.split('.');
    try {
      const header: unknown = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
      if (typeof header !== 'object' || header === null || !('alg' in header)) return undefined;
    } catch {
      return undefined;
    }
    return { start, end: start + value.length, reasons: ['header parses'] };
  },
};

const USER_INFO =
  /([A-Za-z0-9._~%!$&'*+,;=-]{0,80}):([^\s:/?#@"'<>`\\]{3,120}|[^\s@"'<>`\\]{3,120})@[A-Za-z0-9.[-]{2,253}/y;

/** Password in a URL or connection string: `scheme://user:password@host`. The span is the password. */
export const urlPassword: Detector = {
  type: 'SECRET_URL_PASSWORD',
  tier: 'A',
  triggers: [
    {
      kind: 'keyword',
      words:
        'postgres postgresql mysql mariadb mongodb srv redis rediss amqp amqps http https ftp ftps sftp ssh smtp smtps imap ldap ldaps mssql sqlserver oracle clickhouse cassandra couchdb nats kafka jdbc git mqtt ws wss pgsql psql snowflake cockroachdb neo4j bolt psycopg2 pymysql asyncpg aiomysql'.split(
          ' ',
        ),
    },
  ],
  prior: 2.5,
  verify({ text, end: scheme }) {
    if (!text.startsWith('://', scheme)) return undefined;
    USER_INFO.lastIndex = scheme + 3;
    const match = USER_INFO.exec(text);
    const password = match?.[2];
    if (!match || password === undefined || password.includes('/')) return undefined;
    if (isPlaceholder(password) || /^[{<$%[(*]|[})>]$/.test(password) || /^\d{2,5}$/.test(password)) return undefined;
    const user = match[1] ?? '';
    if (password.toLowerCase() === user.toLowerCase() && password.length < 12) return undefined;
    const start = scheme + 3 + user.length + 1;
    const weak = /^[a-z]{1,12}$/i.test(password) ? -4 : 0;
    return { start, end: start + password.length, bonus: weak, reasons: ['password in the address'] };
  },
};

const ACCOUNT_KEY = /(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,100}={0,2})/iy;
const SIGNATURE = /sig(?:nature)?=([A-Za-z0-9%+/]{40,90}(?:%3D|=)?)/iy;

/** Azure storage, service bus and event hub keys, and shared access signatures. */
export const azureKey: Detector = {
  type: 'SECRET_AZURE',
  tier: 'A',
  triggers: [{ kind: 'keyword', words: ['accountkey', 'sharedaccesskey', 'sig'] }],
  prior: 4,
  verify({ text, start }) {
    ACCOUNT_KEY.lastIndex = start;
    SIGNATURE.lastIndex = start;
    const match = ACCOUNT_KEY.exec(text) ?? SIGNATURE.exec(text);
    const value = match?.[1];
    if (!match || value === undefined || isPlaceholder(value) || entropyBits(value) < 3.5) return undefined;
    const from = start + match[0].length - value.length;
    return { start: from, end: from + value.length, reasons: ['key of a shared account'] };
  },
};

const BASIC = /(?:Basic|basic) ([A-Za-z0-9+/]{12,400}={0,2})/y;
const BEARER = /(?:Bearer|bearer|Token|token) ([A-Za-z0-9_~+/.-]{20,400}={0,2})/y;

/** Credentials in an HTTP header. */
export const authorisationHeader: Detector = {
  type: 'SECRET_HTTP_AUTH',
  tier: 'B',
  triggers: [{ kind: 'keyword', words: ['basic', 'bearer', 'token'] }],
  prior: 1.2,
  heedsOtherLabels: false,
  verify({ text, start }) {
    BASIC.lastIndex = start;
    BEARER.lastIndex = start;
    const basic = BASIC.exec(text);
    const match = basic ?? BEARER.exec(text);
    const value = match?.[1];
    if (!match || value === undefined) return undefined;
    if (!/authori[sz]ation|header|-H |curl|"auth/i.test(text.slice(Math.max(0, start - 48), start))) return undefined;
    if (basic) {
      const decoded = Buffer.from(value, 'base64').toString('latin1');
      if (
        !/^[\x20-\x7e]{1,100}:[\x20-\x7e]{3,100}$/.test(decoded) ||
        isPlaceholder(decoded.slice(decoded.indexOf(':') + 1))
      )
        return undefined;
    } else if (isPlaceholder(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value) || entropyBits(value) < 3.4)
      return undefined;
    const from = start + match[0].length - value.length;
    return { start: from, end: from + value.length, reasons: ['credentials in a header'] };
  },
};

const CURL_USER = /^[^\n]{0,160}?\s(?:-u|--user)[ =]?["']?[\w.@-]{1,60}:([^\s"'$<>{}]{4,100})/;
const CLIENT_PASSWORD = /^[^\n]{0,120}?\s(?:-p|--password[= ])["']?([^\s"'$<>{}-][^\s"'$<>{}]{4,80})/;

/** Password on the command line of curl or a database client. */
export const commandLinePassword: Detector = {
  type: 'SECRET_PASSWORD',
  tier: 'B',
  triggers: [{ kind: 'keyword', words: ['curl', 'mysql', 'mysqldump', 'sshpass', 'mongosh'] }],
  prior: 1.2,
  verify({ text, start, end }) {
    const line = text.slice(end, end + 300);
    const match = text.startsWith('curl', start) ? CURL_USER.exec(line) : CLIENT_PASSWORD.exec(line);
    const value = match?.[1];
    if (!match || value === undefined || isPlaceholder(value) || /^[a-z]+$/i.test(value) || /^\d{1,5}$/.test(value))
      return undefined;
    const from = end + match[0].length - value.length;
    return { start: from, end: from + value.length, reasons: ['password on a command line'] };
  },
};

const ENTRA_SECRET = /[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])/y;

/** Client secret of Microsoft Entra ID: three characters, a digit, `Q~` and the rest. */
export const entraSecret: Detector = {
  type: 'SECRET_AZURE',
  tier: 'A',
  triggers: [{ kind: 'mark', marks: '~' }],
  prior: 3.5,
  verify({ text, start: tilde }) {
    const start = tilde - 5;
    ENTRA_SECRET.lastIndex = start;
    const value = start < 0 ? undefined : ENTRA_SECRET.exec(text)?.[0];
    if (value === undefined || isWordCode(text.charCodeAt(start - 1)) || entropyBits(value) < 3.5) return undefined;
    return { start, end: start + value.length, reasons: ['form of the issuer'] };
  },
};
