import { faker as cs } from '@faker-js/faker/locale/cs_CZ';
import { faker as da } from '@faker-js/faker/locale/da';
import { faker as de } from '@faker-js/faker/locale/de';
import { faker as en } from '@faker-js/faker/locale/en';
import { faker as es } from '@faker-js/faker/locale/es';
import { faker as fi } from '@faker-js/faker/locale/fi';
import { faker as fr } from '@faker-js/faker/locale/fr';
import { faker as it } from '@faker-js/faker/locale/it';
import { faker as nb } from '@faker-js/faker/locale/nb_NO';
import { faker as nl } from '@faker-js/faker/locale/nl';
import { faker as nlBe } from '@faker-js/faker/locale/nl_BE';
import { faker as pl } from '@faker-js/faker/locale/pl';
import { faker as pt } from '@faker-js/faker/locale/pt_PT';
import { faker as ro } from '@faker-js/faker/locale/ro';
import { faker as sv } from '@faker-js/faker/locale/sv';
import { faker as tr } from '@faker-js/faker/locale/tr';
import { AMBIGUOUS_NAMES, EXTRA_FIRST_NAMES, EXTRA_LAST_NAMES } from './name-lists.ts';

/** Locales whose names people in the European Union commonly bear. */
const LOCALES = [nl, nlBe, de, fr, en, es, it, pl, pt, cs, da, sv, nb, fi, ro, tr];

function collect(source: unknown, into: Set<string>): void {
  if (typeof source === 'string') {
    for (const part of source.split(/[\s'’-]+/))
      if (part.length >= 2 && /^\p{Lu}\p{Ll}/u.test(part)) into.add(part.toLowerCase());
  } else if (Array.isArray(source)) {
    for (const item of source) collect(item, into);
  } else if (typeof source === 'object' && source !== null) {
    for (const item of Object.values(source)) collect(item, into);
  }
}

function gather(kind: 'first_name' | 'last_name', extra: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const locale of LOCALES) collect(locale.rawDefinitions.person?.[kind], names);
  for (const name of extra) names.add(name.toLowerCase());
  return names;
}

/** First names, lower case, one word each (Faker, MIT licence, and our additions). */
export const FIRST_NAMES: ReadonlySet<string> = gather('first_name', EXTRA_FIRST_NAMES);

/** Last names without particles, lower case, one word each. */
export const LAST_NAMES: ReadonlySet<string> = gather('last_name', EXTRA_LAST_NAMES);

/** Names that are also everyday words, months, places or programming terms. */
export const AMBIGUOUS: ReadonlySet<string> = AMBIGUOUS_NAMES;
