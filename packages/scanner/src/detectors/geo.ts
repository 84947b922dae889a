import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';

const PAIR = /-?\d{1,2}\.\d{3,9}(?:°? ?[NSns])?(?:, ?|; ?| )[-+]?\d{1,3}\.\d{3,9}(?:°? ?[EWOewo](?![A-Za-z]))?/y;
const SEXAGESIMAL =
  /\d{1,2}° ?\d{1,2}['′] ?(?:\d{1,2}(?:\.\d{1,6})?["″] ?)?[NS],? ?\d{1,3}° ?\d{1,2}['′] ?(?:\d{1,2}(?:\.\d{1,6})?["″] ?)?[EWO]/y;
const SINGLE = /-?\d{1,3}\.\d{3,15}/y;

/** Coordinates of a place: a pair of decimal degrees, or one of them under its own label. */
export const geo: Detector = {
  type: 'GEO',
  tier: 'C',
  triggers: [
    { kind: 'token', token: 'digits', min: 1, max: 3, next: ['.0'] },
    { kind: 'token', token: 'digits', min: 1, max: 2, next: ['end'] },
  ],
  prior: -2.2,
  context: {
    positive: [
      'gps*',
      'coord*',
      'coörd*',
      'koordinat*',
      'geo',
      'geoloc*',
      'lat*',
      'lon',
      'lng',
      'long',
      'longitude',
      'breedtegraad',
      'lengtegraad',
      'locatie*',
      'location*',
      'positie*',
      'position gps',
      'latlng',
      'latlong',
      'standort',
      'ort gps',
      'emplacement',
    ],
  },
  heedsOtherLabels: false,
  verify({ text, start: digits, end, document }) {
    const signed = text[digits - 1] === '-';
    const start = signed ? digits - 1 : digits;
    const previous = text[start - 1] ?? ' ';
    if (isWordCode(text.charCodeAt(start - 1)) || /[.\-_]/.test(previous)) return undefined;
    if (text[end] === '°') {
      SEXAGESIMAL.lastIndex = digits;
      const written = SEXAGESIMAL.exec(text)?.[0];
      return written === undefined
        ? undefined
        : { start: digits, end: digits + written.length, bonus: 4, reasons: ['degrees, minutes, seconds'] };
    }
    if (text[end] !== '.') return undefined;
    PAIR.lastIndex = start;
    const pair = PAIR.exec(text)?.[0];
    if (pair !== undefined) {
      const close = start + pair.length;
      const [latitude = 99, longitude = 999] = (pair.match(/-?\d+\.\d+/g) ?? []).map(Number);
      if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || isWordCode(text.charCodeAt(close))) return undefined;
      const compass = /[NSEWO]/i.test(pair) ? 3 : 0;
      return { start, end: close, bonus: compass, reasons: ['pair of degrees'] };
    }
    SINGLE.lastIndex = start;
    const single = SINGLE.exec(text)?.[0];
    if (single === undefined || Math.abs(Number(single)) > 180) return undefined;
    const label = document.label(start) ?? '';
    if (
      !/(?:^| )(?:lat|latitude|lon|lng|long|longitude|breedtegraad|lengtegraad|breite|länge|gps lat|gps lon|gps lng)$/.test(
        label,
      )
    )
      return undefined;
    const close = start + single.length;
    return isWordCode(text.charCodeAt(close))
      ? undefined
      : { start, end: close, reasons: ['degrees under their label'] };
  },
};
