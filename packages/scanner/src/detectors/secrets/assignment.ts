import type { Candidate, Detector, Match } from '../../detection/detector.ts';
import { entropyBits, looksRandom, readsAsWords } from './entropy.ts';
import { isPlaceholder } from './placeholder.ts';

const PASSWORD_WORDS =
  'password passwd passwort pwd pass passphrase wachtwoord pw pswd userpass dbpass dbpassword mysqlpassword pgpassword rootpassword passcode kennwort motdepasse mdp adminpassword userpassword'.split(
    ' ',
  );
const TOKEN_WORDS =
  'secret token apikey key apitoken authtoken accesstoken secretkey privatekey clientsecret credential credentials auth accesskey signingkey encryptionkey masterkey appsecret webhooksecret jwtsecret sessionsecret apisecret consumersecret bearer sas geheim sleutel license salt'.split(
    ' ',
  );
/** Keys named like a secret that hold something else. */
const HARMLESS_KEY =
  /public|primary|foreign|sort|partition|cache|keyboard|keyword|keyframe|keycode|key_?id$|keyid|key_?name|key_?path|key_?file|token_?(?:type|url|uri|endpoint|count|s$|limit|expir|kind|name|length|index|start|end)|max_?token|min|_?url$|_?uri$|_?path$|_?file$|_?dir$|_?name$|_?type$|_?field|_?label|_?hint|_?policy|_?length|_?regex|_?pattern|_?error|_?message|_?required|_?enabled|_?expir|_?reset|_?strength|_?count|_?format|_?prefix|_?suffix|author|authority|authentic|idempoten|csrf|xsrf|locali|i18n|translation|object_?key|row_?key|map_?key|index|hash_?key|range_?key|natural|composite|unique|json_?key|host_?key|sitekey|site_?key|integrity|version|checksum|fingerprint|sha\d|commit|anchor|bypass|compass|passive|passing|passed|passenger|passport|bigint|monkey|turkey|hotkey|shortcut|accesskey="/i;
const OPERATOR =
  /^ (?:is|luidt|lautet|est|wordt|was)(?: nu| now)?:? (?=\S*\d)|^["'\]`)]{0,2}\s{0,4}(?:=>|:=|\|\|=|\?\?=|=|:(?!:))\s{0,4}/;
const IDENTIFIER_TAIL = /^[A-Za-z0-9_-]{0,32}/;
const IDENTIFIER_HEAD = /[A-Za-z0-9_.-]{0,40}$/;
const QUOTED = /^(?:[bruf]{0,2})(["'`])([^"'`\n\r]{4,500}?)\1/;
const BARE = /^[^\s"'`,;<>(){}|]{4,300}/;
const CODE_PATH =
  /\.(?:[cm]?[jt]sx?|py|rb|go|java|kt|cs|php|rs|swift|scala|c|cc|cpp|h|hpp|vue|svelte|md|mdx|html?|css|scss|lock)$/i;

/** Value assigned to a key that names a secret. The span is the value without quotes. */
export const assignedSecret: Detector = {
  type: 'SECRET_GENERIC',
  alsoTypes: ['SECRET_PASSWORD'],
  tier: 'C',
  triggers: [{ kind: 'keyword', words: [...PASSWORD_WORDS, ...TOKEN_WORDS] }],
  prior: 1.5,
  verify(candidate) {
    const { text, start, end } = candidate;
    const tail = IDENTIFIER_TAIL.exec(text.slice(end, end + 34))?.[0] ?? '';
    const operator = OPERATOR.exec(text.slice(end + tail.length, end + tail.length + 12))?.[0];
    if (operator === undefined) return undefined;
    const head = IDENTIFIER_HEAD.exec(text.slice(Math.max(0, start - 40), start))?.[0] ?? '';
    const word = text.slice(start, end);
    const key = head + word + tail;
    if (HARMLESS_KEY.test(key)) return undefined;
    // `--pass-arg=`, `passThrough:`: short words mean a password only at the end of a key.
    if (
      end - start <= 4 &&
      /^[A-Za-z_-]/.test(tail) &&
      /^(?:pass|pwd|pw|pswd|mdp|key|auth|sas)$/i.test(text.slice(start, end))
    )
      return undefined;
    const isPassword = PASSWORD_SET.has(word.toLowerCase()) && !/^[_-]?(?:hash|salt|token|key)/i.test(tail);
    const from = end + tail.length + operator.length;
    return readValue(candidate, { from, isPassword, operator, key });
  },
};

const PASSWORD_SET = new Set(PASSWORD_WORDS);

interface Assignment {
  readonly from: number;
  readonly isPassword: boolean;
  readonly operator: string;
  readonly key: string;
}

function readValue({ text, document }: Candidate, { from, isPassword, operator, key }: Assignment): Match | undefined {
  const window = text.slice(from, from + 520);
  const quoted = QUOTED.exec(window);
  let value: string;
  let start: number;
  if (quoted) {
    value = quoted[2] ?? '';
    start = from + quoted[0].length - 1 - value.length;
    // `'password': 'x' + y` and `t('password')` are code; so is a value that is interpolated.
    if (/^\s*\+/.test(window.slice(quoted[0].length, quoted[0].length + 4)) && value.length < 8) return undefined;
  } else {
    value = BARE.exec(window)?.[0] ?? '';
    start = from;
    value = value.replace(/[.,;:!?]+$/, '').replace(/\\[nrt].*$/, '');
    if (value === '' || /^[(]/.test(window.slice(value.length, value.length + 1))) return undefined;
    if (
      document.hints.path !== undefined &&
      CODE_PATH.test(document.hints.path) &&
      (isPassword || !looksRandom(value))
    ) {
      return undefined;
    }
    // In prose a colon introduces words, in code an identifier.
    if (/^[A-Za-z_$][\w$]*(?:[.[].*)?$/.test(value) && !/\d/.test(value)) return undefined;
    if (/^(?:[A-Za-z_$][\w$]*\.){1,4}[A-Za-z_$][\w$]*$/.test(value)) return undefined;
  }
  if (isPlaceholder(value) || value.toLowerCase() === key.toLowerCase()) return undefined;
  const end = start + value.length;
  return isPassword
    ? judgePassword(value, { start, end, quoted: quoted !== null, operator })
    : judgeToken(value, { start, end, vague: VAGUE_KEY.test(key) });
}

function judgePassword(
  value: string,
  at: { start: number; end: number; quoted: boolean; operator: string },
): Match | undefined {
  if (value.length < 5 || value.length > 128 || /\s{2}|\s\S+\s/.test(value) || (/\s/.test(value) && !/\d/.test(value)))
    return undefined;
  if (
    /^(?:https?:\/\/|\/[a-z]|\.\/|#[0-9a-f]{3,6}$|@|&|\^)/i.test(value) ||
    /[{}[\]()]=?>?|=>|\\[dwsS]|::|^\w+\.\w+\(|^\$2[aby]\$|^\{/.test(value)
  )
    return undefined;
  if (!/^[\x20-\x7e\u00c0-\u00ff]+$/.test(value)) return undefined;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(value)).length;
  if (classes < 2 || !/\d|[^A-Za-z0-9._ -]/.test(value) || /^[a-z]+(?:[-_. ][a-z]+)*$/i.test(value)) return undefined;
  if (/^[A-Za-z]+[:;,.!?]?$/.test(value) || /^[\d.,:/-]+$/.test(value)) return undefined;
  // `secret-2-levels`, `pass1`: what people write when any password will do.
  if (/(?:^|[-_. ])(?:my|the|some)?[-_]?(?:secret|password|passwd|pass|pwd|wachtwoord|pw)(?:[-_. \d]|$)/i.test(value))
    return undefined;
  const bonus = (classes >= 3 ? 1 : 0) + (value.length >= 8 ? 0.5 : -0.7);
  return { start: at.start, end: at.end, type: 'SECRET_PASSWORD', bonus, reasons: ['value under a key for passwords'] };
}

/** Keys that hold secrets no more often than anything else. */
const VAGUE_KEY = /^(?:key|auth|sas|salt|license|token|credential|credentials)$/i;

function judgeToken(value: string, at: { start: number; end: number; vague: boolean }): Match | undefined {
  const { start, end, vague } = at;
  if (value.length < 12 || value.length > 400 || /[\s{}()[\]<>\\|]/.test(value)) return undefined;
  if (
    /^(?:https?|file|data|s3|gs|urn|sha\d+):|^[.~@#]|^\/(?:[a-z]{3,}|\w+\/\w+\/\w+)\/|:\/\/|\.(?:js|ts|json|pem|key|crt|ya?ml|txt|html?|svg|png)$/i.test(
      value,
    )
  ) {
    return undefined;
  }
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)) {
    return vague ? undefined : { start, end, bonus: -0.8, reasons: ['unique id under a key for secrets'] };
  }
  if (
    readsAsWords(value) ||
    /^[A-Z0-9]+(?:_[A-Z0-9]+)+$/.test(value) ||
    !/[A-Za-z]/.test(value) ||
    /^\d+[a-z]{0,3}$/.test(value)
  )
    return undefined;
  if (!/\d/.test(value)) {
    const scrambled =
      /^[A-Za-z+/_-]+$/.test(value) &&
      /[a-z]/.test(value) &&
      /[A-Z]/.test(value) &&
      value.length >= 20 &&
      entropyBits(value) >= 3.6;
    return scrambled && !vague
      ? { start, end, bonus: 0, reasons: ['random letters under a key for secrets'] }
      : undefined;
  }
  const random = looksRandom(value);
  if (!random && (vague || entropyBits(value) < 3.2)) return undefined;
  const bonus = random ? (vague && value.length < 32 ? -1 : 1.5) : -0.5;
  return { start, end, bonus, reasons: ['random value under a key for secrets'] };
}
