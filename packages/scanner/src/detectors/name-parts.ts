import { NOT_NAMES } from '../data/not-names.ts';

/** A name as written, and what it is made of. */
export interface NameParts {
  readonly start: number;
  readonly end: number;
  readonly words: number;
  readonly initials: number;
  readonly particles: number;
  /** The words after the first name or initials, without particles. */
  readonly surname: string | undefined;
}

const LONGEST = 60;
const MOST_WORDS = 6;
const WORD = /(?:\p{Lu}(?:[\p{L}\u0300-\u036f]|['’](?=\p{L}))*(?:-\p{Lu}?[\p{L}'’]+)*)/uy;
const INITIALS = /(?:\p{Lu}[a-z]?\.(?:[ -]?(?=\p{Lu}[a-z]?\.))?){1,6}/uy;
const PARTICLE =
  /(?:[Vv]an(?:[ ](?:de[rn]?|het|'t|’t))?|[Vv]on(?:[ ]der)?|[Dd]e(?:[ ](?:la|los|las))?|[Dd]en|[Dd]er|[Tt]e[rn]?|['’]t|[Zz]u[mr]?|[Dd]i|[Dd]a|[Dd]os|[Dd]el(?:la)?|[Dd]u|[Ll][ea]|El|el|al|[Bb]in|[Ii]n['’]?[ ]?t|[Oo]p[ ]de[n]?|[Uu]it[ ]den?|[Oo]nder[ ]de|dal|y|e)(?=[ ])/y;
const CORPORATE = /^[ ,]+(?:B\.?V|N\.?V|GmbH|AG|Ltd|LLC|Inc|S\.?A\.?|SARL|SAS|SpA|plc|Oy|AB)\b/;
/** What a name in front of makes a building, firm or prize. */
const INSTITUTIONS = new Set(
  'museum universiteit university hogeschool college school stichting foundation award prize cup league stadium airport station park bridge church kerk institute instituut center centre centrum academy hospital ziekenhuis theater theatre festival records group company holding county courthouse day terrier islands island valley mountains river lake beach hotel corp corporation inc ltd bv gmbh street road avenue lane square systems software technologies'.split(
    ' ',
  ),
);
const PLACE_ENDING =
  /\p{L}{3}(?:straat|laan|weg|plein|kade|gracht|dijk|singel|steeg|straße|strasse|gasse|allee|platz|street|road|avenue|lane|museum|school|college|ziekenhuis|universiteit|stadion)$/iu;

/**
 * Reads a name from `start` on: initials or capitalised words, particles between them, one space apart.
 * Undefined when the word there is no part of a name, or what follows makes it a street, firm or institution.
 */
export function readNameForward(text: string, start: number): NameParts | undefined {
  const window = text.slice(start, start + LONGEST);
  let index = 0;
  let words = 0;
  let initials = 0;
  let particles = 0;
  let pendingParticles = 0;
  let end = 0;
  const surname: string[] = [];
  while (words < MOST_WORDS) {
    INITIALS.lastIndex = index;
    const dotted = INITIALS.exec(window)?.[0];
    if (dotted !== undefined && surname.length === 0 && dotted.split('.')[0]?.length !== 2) {
      initials += dotted.replace(/[^.]/g, '').length;
      words++;
      index += dotted.length;
      end = index;
    } else {
      PARTICLE.lastIndex = index;
      const particle = PARTICLE.exec(window)?.[0];
      // `mr. De Graaff te Leiden`: after a last name, `te` says where.
      const isPlace = particle?.toLowerCase() === 'te' && surname.length > 0;
      if (
        particle !== undefined &&
        !isPlace &&
        (words > 0 ||
          pendingParticles > 0 ||
          /^(?:[Vv]an|[Dd]e|[Tt]e[rn]|['’]t|[Vv]on|El|[Dd]en|[Dd]er)/.test(particle))
      ) {
        pendingParticles++;
        words++;
        index += particle.length;
        if (pendingParticles > 3) return undefined;
      } else {
        WORD.lastIndex = index;
        const word = WORD.exec(window)?.[0];
        if (word === undefined || word.length < 2) break;
        if (words > 0 && NOT_NAMES.has(word.toLowerCase())) {
          if (INSTITUTIONS.has(word.toLowerCase())) return undefined;
          break;
        }
        if (/\p{Ll}\p{Lu}/u.test(word) && !/^(?:Mc|Mac|De|Di|Le|La|Van|O['’])\p{Lu}/u.test(word)) break;
        if (words > pendingParticles || pendingParticles > 0) surname.push(word);
        particles += pendingParticles;
        pendingParticles = 0;
        words++;
        index += word.length;
        end = index;
      }
    }
    const separator = window[index];
    if (separator !== ' ' && separator !== '\u00a0') {
      if (initials > 0 && surname.length === 0 && /\p{L}/u.test(separator ?? '')) continue;
      break;
    }
    index++;
  }
  if (end === 0) return undefined;
  if (pendingParticles > 0) words -= pendingParticles;
  if (/['’]s$/.test(window.slice(0, end))) end -= 2;
  const written = window.slice(0, end);
  if (PLACE_ENDING.test(written) || CORPORATE.test(window.slice(end))) return undefined;
  if (/^(?!['’]s)[\p{L}\p{N}_@]|^-\p{L}/u.test(window.slice(end, end + 2))) return undefined;
  return {
    start,
    end: start + end,
    words,
    initials,
    particles,
    surname: surname.length > 0 ? surname.join(' ') : undefined,
  };
}
