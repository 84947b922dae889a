import type { Candidate, Detector, Match } from '../detection/detector.ts';
import { isWordCode } from '../detection/character-class.ts';

const STRONG_ENDING =
  /(?:straat|straatweg|str\.|laan|weg|plein|kade|gracht|dijk|singel|steeg|dreef|plantsoen|hof|pad|markt|park|baan|steenweg|lei|wal|kwartier|boulevard|promenade|vest|veste|burg|haven|rak|straße|strasse|stra(?:ss|ß)e|gasse|allee|platz|damm|ufer|ring|chaussee|stieg|graben|berg|wall)\.?$/iu;
const WEAK_ENDING =
  /(?:hoek|brink|erf|veld|velden|akker|tuin|borg|werf|oord|poort|vaart|sluis|zijde|rade|horst|kamp|land|meent|wijk|hout|rade|dal|beek|zoom|meer|schans|bos|eind|einde|kant|hage|spui|rokin|dam|voorhout|passage|terp|hagen|heide|ven|stede|gaarde)$/iu;
const STREET_WORDS =
  /(?:(?:\p{Lu}[\p{L}'’.-]*|\d{1,2}e|van|der|den|de|het|['’][ts]|ten|ter|aan|op|in|von|zum|zur|am|an|im|bei|und|en|d['’]|des|du|la|le)[ ]){0,5}$/u;
const ADDITION =
  /^(?:[ -]?(?:bis|hs|huis|boven|rd|[A-Za-z])(?![\p{L}\d])|[-/]\d{1,4}[A-Za-z]?(?![\p{L}\d])|-[A-Za-z]{1,3}(?![\p{L}\d])|[A-Za-z]{1,2}(?![\p{L}\d])|(?: (?:bus|box|bte|app\.?|apt\.?) ?\w{1,4}))/iu;
const POSTCODE_NEXT =
  /^[\s,|;"-]{1,4}(?:NL-)?[1-9]\d{3} ?[A-Z]{2}(?![A-Za-z])|^[\s,|;]{1,3}(?:[DAFB]-)?\d{4,5} \p{Lu}/u;
const ADDRESS_LABEL =
  /(?:^| )(?:(?:\p{L}+)?adres\p{L}*|\p{L}*address\p{L}*|adresse|anschrift|\p{L}*straat|stra(?:ß|ss)e|street|rue|wohnhaft|domicile|indirizzo|dirección|woonachtig|address line\d?|addr)(?: |$)/u;

/** Street with house number, in the Dutch and German order. The span ends with the number and its addition. */
export const streetAndNumber: Detector = {
  type: 'ADDRESS',
  tier: 'C',
  triggers: [
    { kind: 'token', token: 'digits', min: 1, max: 5 },
    { kind: 'token', token: 'mixed', min: 2, max: 6 },
  ],
  prior: 0,
  verify(candidate) {
    const { text, start, end, document } = candidate;
    if (
      text[start - 1] !== ' ' ||
      !/[\p{L}.]/u.test(text[start - 2] ?? '') ||
      !/^\d{1,5}[A-Za-z]{0,2}$/.test(text.slice(start, end))
    )
      return undefined;
    const line = text.slice(Math.max(0, start - 60), start - 1);
    const head = line.slice(line.lastIndexOf('\n') + 1);
    const street = /[\p{L}'’.-]+$/u.exec(head)?.[0] ?? '';
    if (!/^\p{Lu}/u.test(street) && !/ (?:straat|weg|str\.|laan)$/.test(head) && !/^(?:de|het|['’])/.test(street)) {
      if (!/^\p{Lu}[\p{L}'’-]+ /u.test(head)) return undefined;
    }
    const lead = STREET_WORDS.exec(head.slice(0, head.length - street.length))?.[0] ?? '';
    const strong = STRONG_ENDING.test(street) && (street.length > 4 || /\p{Lu}/u.test(lead));
    const addition = ADDITION.exec(text.slice(end, end + 12))?.[0] ?? '';
    const close = end + addition.length;
    const postcode = POSTCODE_NEXT.test(text.slice(close, close + 18));
    if (!strong && !postcode && !WEAK_ENDING.test(street)) {
      const own = document.label(start - 1 - street.length);
      if (own === undefined || !ADDRESS_LABEL.test(own) || !/^\p{Lu}/u.test(street)) return undefined;
    }
    const streetStart = start - 1 - street.length - lead.replace(/^(?:\p{Ll}+[ ])+/u, '').length;
    if (streetStart > 0 && isWordCode(text.charCodeAt(streetStart - 1))) return undefined;
    const label = document.label(streetStart);
    const labelled = label !== undefined && ADDRESS_LABEL.test(label);
    const capital = /\p{Lu}/u.test(text.slice(streetStart, start));
    if (!capital) return undefined;
    const bonus =
      (strong ? (street.length > 5 || lead !== '' ? 1.8 : 0.3) : 0) +
      (postcode ? 2.5 : 0) +
      (labelled ? 3 : 0) -
      (strong || postcode || labelled ? 0 : 1);
    return {
      start: streetStart,
      end: close,
      bonus,
      reasons: [strong ? 'street ending and number' : 'street and number'],
    };
  },
};

const ENGLISH =
  'street st road rd avenue ave lane ln drive dr way court ct close place pl square sq terrace gardens crescent grove boulevard blvd parkway pkwy highway hwy circle cir trail trl loop mews row walk hill view green rise alley plaza turnpike pike path run crossing ridge'.split(
    ' ',
  );
const ENGLISH_LEAD =
  /(?:^|[^\p{L}\d.#-])(\d{1,6}[A-Za-z]?(?:-\d{1,4})?(?:[ ](?:[NSEW]{1,2}\.?|North|South|East|West|Upper|Lower|Old|New))?(?:[ ](?:\p{Lu}[\p{L}'’.-]*|\d{1,3}(?:st|nd|rd|th))){1,4}[ ])$/u;
const UNIT = /^\.?(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|Building|#)\.? ?#?[\dA-Za-z-]{1,6})?/;

/** House number before the street, as in English. */
export const numberAndStreet: Detector = {
  type: 'ADDRESS',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: ENGLISH, capitalised: true }],
  prior: 1.6,
  verify({ text, start, end }) {
    const head = text.slice(Math.max(0, start - 50), start);
    const lead = ENGLISH_LEAD.exec(head.slice(head.lastIndexOf('\n') + 1))?.[1];
    if (lead === undefined || /[\p{L}\d-]/u.test(text[end] ?? '')) return undefined;
    const tail = UNIT.exec(text.slice(end, end + 24))?.[0].replace(/^\.$/, '') ?? '';
    return { start: start - lead.length, end: end + tail.length, reasons: ['number and street'] };
  },
};

const FRENCH =
  'rue avenue boulevard place allée allee chemin impasse quai cours route square faubourg sentier passage'.split(' ');
const ROMANCE = 'calle avenida via viale piazza corso plaza paseo carrer rua ulica ul ulitsa'.split(' ');
const FRENCH_TAIL =
  /^(?:[ ](?:(?:de|du|des|la|le|les|et|aux?)(?!\p{L})|(?:[dl]['’])?\p{Lu}[\p{L}'’-]*|[dl]['’][\p{L}-]+|\d{1,2}(?=[ ]\p{L}))){1,6}/u;
const NUMBER_BEFORE = /(?:^|[^\p{L}\d])(\d{1,4}(?:[ ]?(?:bis|ter|quater|[A-Ca-c]))?,?[ ])$/u;
const NUMBER_AFTER = /^,? (?:nr?\.? ?|n° ?)?\d{1,4}(?:[/-]?\d{0,4}[A-Za-z]?)?(?![\p{L}\d])/u;

/** Street type before the name: French, Spanish, Italian, Portuguese, Polish; number before or after. */
export const streetTypeFirst: Detector = {
  type: 'ADDRESS',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: [...FRENCH, ...ROMANCE] }],
  prior: 2,
  verify({ text, start, end }: Candidate): Match | undefined {
    const tail = FRENCH_TAIL.exec(text.slice(text[end] === '.' ? end + 1 : end, end + 60))?.[0];
    if (tail === undefined || !/\p{Lu}/u.test(tail)) return undefined;
    const streetEnd = (text[end] === '.' ? end + 1 : end) + tail.length;
    const head = text.slice(Math.max(0, start - 14), start);
    const before = NUMBER_BEFORE.exec(head.slice(head.lastIndexOf('\n') + 1))?.[1];
    if (before !== undefined) return { start: start - before.length, end: streetEnd, reasons: ['number and street'] };
    if (/ \d{1,3}$/.test(tail)) return { start, end: streetEnd, reasons: ['street and number'] };
    const after = NUMBER_AFTER.exec(text.slice(streetEnd, streetEnd + 16))?.[0];
    return after === undefined ? undefined : { start, end: streetEnd + after.length, reasons: ['street and number'] };
  },
};

const BOX = /(?:Postbus|P\.? ?O\.? ?Box|Postfach|Boîte postale|BP) \d{1,6}(?: \d{2,3}){0,2}(?!\d)/y;

/** Post office box. */
export const postBox: Detector = {
  type: 'ADDRESS',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: ['postbus', 'po', 'postfach', 'p'], capitalised: true }],
  prior: 2,
  verify({ text, start }) {
    BOX.lastIndex = start;
    const found = BOX.exec(text)?.[0];
    return found === undefined || isWordCode(text.charCodeAt(start - 1))
      ? undefined
      : { start, end: start + found.length, reasons: ['post box'] };
  },
};
