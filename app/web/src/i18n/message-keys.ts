import type { en } from './messages/en.ts';

/** The application's dictionary, by its English texts. */
export type AppMessages = typeof en;

/** A key of the application's dictionary. */
export type MessageKey = keyof AppMessages;

/** A key whose message takes no values. */
export type PlainKey = {
  [Key in MessageKey]: AppMessages[Key] extends `${string}{${string}` ? never : Key;
}[MessageKey];
