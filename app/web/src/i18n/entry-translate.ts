import { type Language, useLanguage } from './language.ts';
import { entryMessages } from './messages/entry.ts';
import { type Translator, createTranslator } from './translate.ts';

type EntryMessages = (typeof entryMessages)['en'];

const translators: Readonly<Record<Language, Translator<EntryMessages>>> = {
  en: createTranslator<EntryMessages>(entryMessages.en, 'en'),
  nl: createTranslator<EntryMessages>(entryMessages.nl, 'nl'),
};

/** The translator of the sign-in page; its texts are in the first bundle. */
export function useEntryTranslator(): Translator<EntryMessages> {
  return translators[useLanguage()];
}
