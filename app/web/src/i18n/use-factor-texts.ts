import { factor as english } from './messages/en/factor.ts';
import { factor as dutch } from './messages/nl/factor.ts';
import { useTexts } from './texts.tsx';
import { createTranslator, type Translator } from './translate.ts';

const translators = {
  en: createTranslator<typeof english>(english, 'en'),
  nl: createTranslator<typeof english>(dutch, 'nl'),
};

/** The texts about the second factor: few ever see them, so that they are no part of every page's dictionary. */
export function useFactorTexts(): Translator<typeof english> {
  return translators[useTexts().language];
}
