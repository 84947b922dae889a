import { en, type Texts } from './text/en.ts';
import { nl } from './text/nl.ts';

/** The language of the page: the one chosen in the product, else the browser's. */
export const language: 'en' | 'nl' = (localStorage.getItem('dataguardian.language') ?? navigator.language).startsWith(
  'nl',
)
  ? 'nl'
  : 'en';

export const texts: Texts = language === 'nl' ? nl : en;
