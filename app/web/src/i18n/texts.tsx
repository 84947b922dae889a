import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { type Formats, createFormats } from './format.ts';
import { type Language, useLanguage } from './language.ts';
import type { AppMessages, MessageKey } from './message-keys.ts';
import { type Translator, createTranslator } from './translate.ts';

/** Everything a component needs to speak the person's language. */
export interface Texts extends Translator<AppMessages> {
  readonly language: Language;
  readonly format: Formats;
}

const TextsContext = createContext<Texts | undefined>(undefined);

const dictionaries: Readonly<Record<Language, () => Promise<Readonly<Record<MessageKey, string>>>>> = {
  en: () => import('./messages/en.ts').then((module) => module.en),
  nl: () => import('./messages/nl.ts').then((module) => module.nl),
};

/** Loads the dictionary of the chosen language and hands it to everything below; keeps the old one until then. */
export function TextsProvider({ children }: { readonly children: React.ReactNode }): React.JSX.Element | undefined {
  const language = useLanguage();
  const [loaded, setLoaded] = useState<{ language: Language; messages: Readonly<Record<MessageKey, string>> }>();

  useEffect(() => {
    let isCurrent = true;
    void dictionaries[language]().then((messages) => {
      if (isCurrent) setLoaded({ language, messages });
    });
    return () => {
      isCurrent = false;
    };
  }, [language]);

  const texts = useMemo(
    (): Texts | undefined =>
      loaded && {
        ...createTranslator<AppMessages>(loaded.messages, loaded.language),
        language: loaded.language,
        format: createFormats(loaded.language),
      },
    [loaded],
  );
  return texts && <TextsContext value={texts}>{children}</TextsContext>;
}

/** The texts and formats of the language in force. */
export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (!texts) throw new Error('useTexts needs a TextsProvider above it.');
  return texts;
}
