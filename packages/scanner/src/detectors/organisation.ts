import type { Detector } from '../detection/detector.ts';
import { isWordCode } from '../detection/character-class.ts';

const SUFFIX =
  /^(?:B\.?V\.?|N\.?V\.?|V\.?O\.?F\.?|GmbH(?: & Co\.? KG)?|AG|KG|Ltd\.?|Limited|LLC|LLP|Inc\.?|PLC|plc|S\.?A\.?|S\.?A\.?S\.?|SARL|S\.?A\.?R\.?L\.?|S\.?p\.?A\.?|S\.?r\.?l\.?|BVBA|SPRL|e\.V\.|Corp\.?|Holding|Groep|Group|Sons|Associates)(?![\p{L}\d])/u;
const NAME_BEFORE = /(?:(?:\p{Lu}[\p{L}\d'’&.-]*|&|en|and|et|und|van|de|der|den|of|the|voor)[ ]){1,6}$/u;
const NAME_AFTER =
  /^ (?:(?:van|de|der|den|het|voor|of|the|und|für|pour|la|le|du|des|en|and) )*(?:\p{Lu}[\p{L}'’&-]*)(?: (?:(?:van|de|der|den|het|voor|of|the|und|für|pour|la|le|du|des|en|and|&) )*\p{Lu}[\p{L}'’&-]*){0,4}/u;

/** Firm by its legal form, after a name in capitals. */
export const firm: Detector = {
  type: 'ORG',
  tier: 'C',
  triggers: [
    {
      kind: 'keyword',
      words: [
        'bv',
        'nv',
        'vof',
        'gmbh',
        'ag',
        'ltd',
        'limited',
        'llc',
        'llp',
        'inc',
        'plc',
        'sa',
        'sas',
        'sarl',
        'spa',
        'srl',
        'bvba',
        'sprl',
        'corp',
        'holding',
        'groep',
        'group',
        'sons',
        'associates',
      ],
      capitalised: true,
    },
    { kind: 'token', token: 'letters', min: 1, next: ['.a'] },
  ],
  prior: 1.2,
  needsPerson: 'unless-short',
  verify({ text, start }) {
    const suffix = SUFFIX.exec(text.slice(start, start + 18))?.[0];
    if (suffix === undefined || !/[ ,]/.test(text[start - 1] ?? '')) return undefined;
    const head = text.slice(Math.max(0, start - 60), start);
    const name = NAME_BEFORE.exec(head.slice(head.lastIndexOf('\n') + 1))?.[0].replace(
      /^(?:(?:van|de|der|den|of|the|en|and|et|und|voor|&)[ ,]+|(?:De|Het|The|Bij|Voor|Van|Aan|Door|Namens|Als)[ ]+)+/,
      '',
    );
    if (name === undefined || name.trim() === '') return undefined;
    const ending = suffix.endsWith('.') && !/^[A-Z]\./.test(suffix) ? suffix.slice(0, -1) : suffix;
    return { start: start - name.length, end: start + ending.length, reasons: [`legal form ${ending}`] };
  },
};

/** Institution whose kind is its first word. */
export const institution: Detector = {
  type: 'ORG',
  tier: 'C',
  triggers: [
    {
      kind: 'keyword',
      words: [
        'stichting',
        'vereniging',
        'gemeente',
        'universiteit',
        'hogeschool',
        'ziekenhuis',
        'ministerie',
        'coöperatie',
        'provincie',
        'huisartsenpraktijk',
        'apotheek',
        'zorggroep',
        'university',
        'université',
        'universität',
        'klinikum',
        'hôpital',
        'basisschool',
        'rechtbank',
        'notariskantoor',
        'advocatenkantoor',
        'makelaardij',
        'tandartspraktijk',
        'fysiotherapie',
      ],
      capitalised: true,
    },
  ],
  prior: 0.6,
  needsPerson: 'unless-short',
  verify({ text, start, end }) {
    const name = NAME_AFTER.exec(text.slice(end, end + 60))?.[0];
    if (name === undefined || isWordCode(text.charCodeAt(start - 1)) || /[-_]/.test(text[start - 1] ?? ''))
      return undefined;
    return { start, end: end + name.length, reasons: ['kind of institution'] };
  },
};
