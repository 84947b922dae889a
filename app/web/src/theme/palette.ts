import type { MantineColorsTuple } from '@mantine/core';

// Drawn in OKLCH with one lightness ladder for all hues, so equal shades weigh equally. Shade 7 carries white text,
// shade 8 carries text on shades 0..1, shade 3 carries text on the dark surfaces: each at least 4.5:1
// (app/test/web/palette.test.ts holds them to it).

/** The one accent: actions, links, selection. */
export const petrol: MantineColorsTuple = [
  '#eefafb',
  '#dbf3f6',
  '#b4e7ed',
  '#86d5de',
  '#52bfca',
  '#27a6b2',
  '#058c98',
  '#02727c',
  '#045b63',
  '#014248',
];

/** Critical severity, failures and destructive actions. */
export const crimson: MantineColorsTuple = [
  '#fff5f4',
  '#ffe8e7',
  '#fecfce',
  '#feadac',
  '#ff8083',
  '#f25761',
  '#d53b4a',
  '#b52237',
  '#921829',
  '#6b101d',
];

/** High severity. */
export const orange: MantineColorsTuple = [
  '#fef5f1',
  '#fee9de',
  '#fed2ba',
  '#ffb185',
  '#f78c4b',
  '#df7125',
  '#c15a02',
  '#9f4800',
  '#7f3901',
  '#5d2700',
];

/** Medium severity and warnings. */
export const amber: MantineColorsTuple = [
  '#fef6eb',
  '#faecd4',
  '#f5d8a8',
  '#eabe74',
  '#d8a23a',
  '#bf8800',
  '#a17204',
  '#845d00',
  '#694901',
  '#4c3401',
];

/** Low severity and information. */
export const sky: MantineColorsTuple = [
  '#f1f8ff',
  '#e0f0ff',
  '#c0e1fe',
  '#92cdff',
  '#63b4f5',
  '#449bde',
  '#2782c3',
  '#0a6aa6',
  '#035486',
  '#033c62',
];

/** Success and repaired things. */
export const moss: MantineColorsTuple = [
  '#f0fbf2',
  '#dff4e3',
  '#bfe9c6',
  '#98d8a4',
  '#6fc282',
  '#51aa68',
  '#369150',
  '#1f783c',
  '#155f2e',
  '#0e4520',
];

/** Light-theme neutrals, a trace of the accent's hue in them. */
export const gray: MantineColorsTuple = [
  '#f7f9fb',
  '#f1f4f5',
  '#e5eaec',
  '#d9dfe2',
  '#c2cace',
  '#96a0a5',
  '#5e6b71',
  '#445258',
  '#2b383d',
  '#152126',
];

/** Dark-theme neutrals in the component library's order: 0 is text, 7 the page. */
export const dark: MantineColorsTuple = [
  '#e4e9eb',
  '#c4cccf',
  '#a2adb1',
  '#7f8a8f',
  '#364247',
  '#243035',
  '#182226',
  '#10191c',
  '#0a1215',
  '#050a0d',
];
