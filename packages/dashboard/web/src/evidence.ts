import { bytes, duration, figure, percent, place } from './format.ts';
import { texts } from './text.ts';

/** Endings of names that say the unit; what is before them is what is meant. */
const UNITS: readonly (readonly [ending: RegExp, format: (value: number) => string])[] = [
  [/Ms$/, duration],
  [/Bytes$/, bytes],
  [/Ratio$|^share$/, percent],
  [/Count$/, figure],
];

/** A figure of the evidence, in the words and the unit that people read. */
export function evidence(name: string, value: number | string): { readonly name: string; readonly value: string } {
  const unit = UNITS.find(([ending]) => ending.test(name));
  const stem = name === 'share' ? name : name.replace(unit?.[0] ?? /$^/, '');
  const words = texts.evidenceNames[stem] ?? stem.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (typeof value === 'string') return { name: words, value: place(value) };
  return { name: words, value: (unit?.[1] ?? figure)(value) };
}
