import { describe, expect, it } from 'vitest';
import { amber, crimson, dark, gray, moss, orange, petrol, sky } from '../../web/src/theme/palette.ts';

type Palette = readonly string[];

function toLuminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of WCAG 2.2. */
function toContrast(one: string, other: string): number {
  const [low = 0, high = 0] = [toLuminance(one), toLuminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const shade = (palette: Palette, index: number): string => palette[index] ?? '';
const hues: readonly (readonly [string, Palette])[] = [
  ['petrol', petrol],
  ['crimson', crimson],
  ['orange', orange],
  ['amber', amber],
  ['sky', sky],
  ['moss', moss],
];
const textMinimum = 4.5;

describe.each(hues)('the %s palette', (_, palette) => {
  it('has ten shades', () => {
    expect(palette).toHaveLength(10);
  });

  it('carries white text on shade 7', () => {
    expect(toContrast('#ffffff', shade(palette, 7))).toBeGreaterThanOrEqual(textMinimum);
  });

  it('is readable as shade 8 on its own tints', () => {
    expect(toContrast(shade(palette, 8), shade(palette, 1))).toBeGreaterThanOrEqual(textMinimum);
    expect(toContrast(shade(palette, 8), shade(palette, 0))).toBeGreaterThanOrEqual(textMinimum);
  });

  it('is readable as shade 3 on the dark surfaces', () => {
    expect(toContrast(shade(palette, 3), shade(dark, 7))).toBeGreaterThanOrEqual(textMinimum);
    expect(toContrast(shade(palette, 3), shade(dark, 8))).toBeGreaterThanOrEqual(textMinimum);
  });
});

describe('the neutrals', () => {
  it('keep dim text readable on every light surface', () => {
    for (const surface of ['#ffffff', '#f4f7f8', shade(gray, 1)])
      expect(toContrast(shade(gray, 6), surface)).toBeGreaterThanOrEqual(textMinimum);
  });

  it('keep dim text readable on every dark surface', () => {
    for (const surface of [shade(dark, 6), shade(dark, 7), shade(dark, 8)])
      expect(toContrast(shade(dark, 2), surface)).toBeGreaterThanOrEqual(textMinimum);
  });
});
