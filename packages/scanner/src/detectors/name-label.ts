import { NAME_LABELS } from '../data/name-lists.ts';

const LABELS = new Set(NAME_LABELS);
const COMPACT = new Set(NAME_LABELS.map((label) => label.replaceAll(' ', '')));
/** Qualifiers that may stand before or after a label without changing what it asks for. */
const QUALIFIERS =
  /(?:^| )(?:patient|patiënt|client|cliënt|klant|customer|employee|medewerker|werknemer|user|contact|member|de|het|the|your|uw|mijn|my|der|des|du|billing|shipping|voor|van|dhr|mevr|primary|owner|holder|student|kind|ouder|partner|arts|person|persoon|full|legal)(?= |$)/g;

/** Whether a label asks for the name of a person. */
export function isNameLabel(label: string | undefined): boolean {
  if (label === undefined) return false;
  const words = label
    .replace(/[^\p{L} ]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (LABELS.has(words) || COMPACT.has(words.replaceAll(' ', ''))) return true;
  const core = words.replace(QUALIFIERS, ' ').replace(/\s+/g, ' ').trim();
  return core !== '' && LABELS.has(core) && !/^(?:van|aan|to|from|cc)$/.test(core);
}
