/** A dictionary: flat, dotted keys; `{name}` marks a value; a pair `key_one`/`key_other` marks a plural. */
export type Messages = Readonly<Record<string, string>>;

type ParameterOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

/** The values a message needs, read from the English text by the compiler. */
export type Values<Text extends string> = [ParameterOf<Text>] extends [never]
  ? []
  : [values: Readonly<Record<ParameterOf<Text>, string | number>>];

/** Keys that come as a plural pair, without the ending. */
export type PluralKey<M extends Messages> = {
  [Key in keyof M]: Key extends `${infer Stem}_other` ? Stem : never;
}[keyof M];

/** Puts values into a message; an unknown `{name}` stays visible rather than vanish. */
export function fillMessage(text: string, values?: Readonly<Record<string, string | number>>): string {
  return values ? text.replace(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark)) : text;
}

/** Looks up and fills the messages of one dictionary in one language. */
export interface Translator<M extends Messages> {
  /** The message of a key. */
  t<Key extends keyof M & string>(key: Key, ...values: Values<M[Key]>): string;
  /** The plural form for a count; `{count}` in the message is the number written in the language. */
  tn(key: PluralKey<M> & string, count: number): string;
}

/** A translator over a dictionary; plural rules and digits are those of `language`. */
export function createTranslator<M extends Messages>(
  messages: Readonly<Record<keyof M, string>>,
  language: string,
): Translator<M> {
  const plural = new Intl.PluralRules(language);
  const digits = new Intl.NumberFormat(language);
  const find = (key: string): string => (messages as Messages)[key] ?? key;
  return {
    t: (key, ...values) => fillMessage(find(key), values[0]),
    tn: (key, count) =>
      fillMessage(find(`${key}_${plural.select(count) === 'one' ? 'one' : 'other'}`), { count: digits.format(count) }),
  };
}
