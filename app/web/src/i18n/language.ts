import { useSyncExternalStore } from 'react';

/** The languages every text of the product exists in. */
export const languages = ['en', 'nl'] as const;

/** One of the product's languages. */
export type Language = (typeof languages)[number];

const storageKey = 'dataguardian.language';
const listeners = new Set<() => void>();

function detect(): Language {
  const wanted = [localStorage.getItem(storageKey) ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wanted.map((tag) => languages.find((language) => language === tag)).find(Boolean) ?? 'en';
}

let current: Language = detect();
document.documentElement.lang = current;

/** The language in force. */
export function currentLanguage(): Language {
  return current;
}

/** Changes the language of every page and remembers it in this browser. */
export function chooseLanguage(language: Language): void {
  current = language;
  localStorage.setItem(storageKey, language);
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The language in force, as React state. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}
