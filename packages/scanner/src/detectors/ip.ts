import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';

const VERSION_4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/y;
const VERSION_6 = /[0-9A-Fa-f:.]{2,45}/y;
const VERSION_WORDS = [
  'version*',
  'versie*',
  'v',
  'ver',
  'release',
  'build',
  'firmware',
  'fw',
  'driver',
  'oid',
  'section',
  'chapter',
  'hoofdstuk',
  'paragraaf',
  'chrome',
  'firefox',
  'safari',
  'edge',
  'mozilla',
  'upgrade*',
  'update*',
  'patch*',
  'package',
  'pakket',
  'software',
  'assembly*',
];

/** IPv4 address: four octets that are no version number. */
export const ipv4: Detector = {
  type: 'IP',
  tier: 'B',
  triggers: [{ kind: 'token', token: 'digits', min: 1, max: 3, next: ['.0'] }],
  prior: 1.5,
  context: {
    positive: [
      'ip*',
      'address*',
      'adres*',
      'host*',
      'server*',
      'client*',
      'remote*',
      'from',
      'src',
      'dst',
      'source',
      'gateway',
      'dns',
      'subnet',
      'vanaf',
      'login',
      'inlog*',
      'ping',
      'peer',
      'forwarded for',
      'adresse',
    ],
    negative: VERSION_WORDS,
  },
  heedsOtherLabels: false,
  verify({ text, start }) {
    VERSION_4.lastIndex = start;
    const found = VERSION_4.exec(text)?.[0];
    if (found === undefined) return undefined;
    const end = start + found.length;
    const previous = text[start - 1] ?? ' ';
    if (isWordCode(text.charCodeAt(end)) || /[.\-_]/.test(previous) || isWordCode(text.charCodeAt(start - 1)))
      return undefined;
    if (/[.-]/.test(text[end] ?? '') && isWordCode(text.charCodeAt(end + 1))) return undefined;
    if (/[\^~<>=@]/.test(previous) && !/[=]/.test(previous)) return undefined;
    // `image:1.2.3.4` is a tag.
    if (previous === ':' && /\/[\w.-]{1,60}:$/.test(text.slice(Math.max(0, start - 64), start))) return undefined;
    const octets = found.split('.');
    if (octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith('0')))) return undefined;
    const [first = 0] = octets.map(Number);
    if (first === 0 || first === 127 || first >= 224 || found === '255.255.255.255') return undefined;
    // Version numbers have small parts; private networks and ports tell addresses.
    const small = octets.every((octet) => Number(octet) < 20);
    const network = first === 10 || /^:\d{2,5}\b/.test(text.slice(end, end + 7));
    return { start, end, bonus: small ? (network ? -0.7 : -3) : 0, reasons: ['four octets in range'] };
  },
};

/** IPv6 address in full or with one `::`. */
export const ipv6: Detector = {
  type: 'IP',
  tier: 'A',
  triggers: [{ kind: 'mark', marks: ':' }],
  prior: 3,
  verify({ text, start: colon }) {
    // The first colon of the address speaks for all of it: nothing but up to four hexadecimal digits stands before it.
    let start = colon;
    while (start > 0 && colon - start < 5 && /[0-9A-Fa-f]/.test(text[start - 1] ?? '')) start--;
    if (colon - start > 4) return undefined;
    const following = text[colon + 1] ?? '';
    if (!/[0-9A-Fa-f:]/.test(following) || (start === colon && following !== ':')) return undefined;
    const previous = text[start - 1] ?? ' ';
    if (isWordCode(text.charCodeAt(start - 1)) || /[:._-]/.test(previous)) return undefined;
    VERSION_6.lastIndex = start;
    const found = VERSION_6.exec(text)?.[0].replace(/[.:]$/, '') ?? '';
    const end = start + found.length;
    if (isWordCode(text.charCodeAt(end)) || !isIpv6(found)) return undefined;
    return { start, end, reasons: ['IPv6 form'] };
  },
};

function isIpv6(value: string): boolean {
  const halves = value.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const isMapped = tail.includes('.');
  if (isMapped && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(tail)) return false;
  const hexadecimal = isMapped ? groups.slice(0, -1) : groups;
  if (hexadecimal.some((group) => !/^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = hexadecimal.length + (isMapped ? 2 : 0);
  if (halves.length === 1) return count === 8 && groups.some((group) => group.length > 2);
  // `::` alone, `::before` in style sheets and `std::fad` in code are not addresses.
  return (
    count >= 3 && count <= 7 && groups.some((group) => /\d/.test(group)) && groups.some((group) => group.length >= 3)
  );
}
