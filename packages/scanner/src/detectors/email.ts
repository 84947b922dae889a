import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';
import { isTopLevelDomain } from '../data/top-level-domains.ts';

const ATOM = new Set(Array.from("!#$%&'*+=?^_`{|}~.-", (character) => character.charCodeAt(0)));
const LONGEST_LOCAL = 64;
const DOMAIN = /[A-Za-z0-9\u00c0-\u024f][A-Za-z0-9.\-\u00c0-\u024f]{0,252}/y;
const ASSET =
  /^(?:png|jpe?g|gif|svg|webp|avif|ico|js|mjs|cjs|ts|tsx|jsx|css|scss|json|html?|md|map|ya?ml|xml|zip|gz|tgz|whl)$/i;
/** Reserved for documentation and tests (RFC 2606, RFC 6761). */
const RESERVED = /(?:^|\.)(?:example\.(?:com|net|org|edu)|example|invalid|test|localhost|local)$/i;

function isLocal(code: number): boolean {
  return isWordCode(code) || ATOM.has(code);
}

/** E-mail address: dot-atom, `@`, a host under a known top-level domain. */
export const email: Detector = {
  type: 'EMAIL',
  tier: 'A',
  triggers: [{ kind: 'mark', marks: '@' }],
  prior: 4,
  verify({ text, start: at }) {
    // Scopes, decorators and mentions have no local part: the commonest marks are gone after one look.
    if (at === 0 || !isLocal(text.charCodeAt(at - 1)) || !isWordCode(text.charCodeAt(at + 1))) return undefined;
    let start = at;
    while (start > 0 && at - start < LONGEST_LOCAL && isLocal(text.charCodeAt(start - 1))) start--;
    // Quoting and markup characters may open the run, but no address starts or ends its local part with them.
    while (start < at && !isWordCode(text.charCodeAt(start)) && text[start] !== '_') start++;
    // `user=jan@x.nl`: what stands before the sign is the key.
    const written = text.slice(start, at);
    start += Math.max(written.lastIndexOf('='), written.lastIndexOf('|')) + 1;
    const local = text.slice(start, at);
    if (local === '' || local.endsWith('.') || local.includes('..')) return undefined;
    DOMAIN.lastIndex = at + 1;
    const domain = DOMAIN.exec(text)?.[0].replace(/[.-]+$/, '');
    if (domain === undefined || domain.includes('..')) return undefined;
    const end = at + 1 + domain.length;
    const labels = domain.split('.');
    const top = labels.at(-1) ?? '';
    if (labels.length < 2 || labels.some((label) => label === '' || label.startsWith('-') || label.endsWith('-')))
      return undefined;
    if (ASSET.test(top) || !isTopLevelDomain(top)) return undefined;
    // `git@host:path` and `ssh://user@host` name a login, `//user:secret@host` carries a credential.
    if (text[end] === ':' && /[A-Za-z~/]/.test(text[end + 1] ?? '')) return undefined;
    if (text[end] === '@' || text[start - 1] === '@' || (text[start - 1] === ':' && text[start - 2] === '/'))
      return undefined;
    if (/(?:\/\/|:\/\/[^\s/]{0,64}:)$/.test(text.slice(Math.max(0, start - 80), start))) return undefined;
    if (RESERVED.test(domain)) return { start, end, bonus: -1, reasons: ['domain reserved for examples'] };
    return { start, end, reasons: ['address form under a known top-level domain'] };
  },
};
