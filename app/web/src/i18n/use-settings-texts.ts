import { settings as english } from './messages/en/settings.ts';
import { settings as dutch } from './messages/nl/settings.ts';
import { useTexts } from './texts.tsx';
import { createTranslator, type Translator } from './translate.ts';

const translators = {
  en: createTranslator<typeof english>(english, 'en'),
  nl: createTranslator<typeof english>(dutch, 'nl'),
};

/** The texts of the settings page, which only administrators open: no part of every page's dictionary. */
export function useSettingsTexts(): Translator<typeof english> {
  return translators[useTexts().language];
}
