import { useEntryTranslator } from '../../i18n/entry-translate.ts';
import { type Language, chooseLanguage, languages, useLanguage } from '../../i18n/language.ts';
import styles from './sign-in.module.css';

const names: Readonly<Record<Language, string>> = { en: 'English', nl: 'Nederlands' };

/** Language buttons of the sign-in page, each named in its own language. */
export function LanguageChoice(): React.JSX.Element {
  const { t } = useEntryTranslator();
  const current = useLanguage();
  return (
    <span className={styles.languages} role="group" aria-label={t('entry.language')}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === current}
          onClick={() => chooseLanguage(language)}
        >
          {names[language]}
        </button>
      ))}
    </span>
  );
}
