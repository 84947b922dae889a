import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';
import { amber, crimson, dark, gray, moss, orange, petrol, sky } from './palette.ts';

const hues: Readonly<Record<string, MantineColorsTuple>> = { petrol, crimson, orange, amber, sky, moss };

/** The product's look for the component library: palettes, radii, type. */
export const theme = createTheme({
  colors: { petrol, crimson, orange, amber, sky, moss, gray, dark, red: crimson },
  primaryColor: 'petrol',
  primaryShade: 7,
  black: '#152126',
  defaultRadius: 'md',
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-code)',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  headings: { fontFamily: 'var(--font-text)', fontWeight: '640' },
  cursorType: 'pointer',
  respectReducedMotion: true,
});

function variantsOf(shade: (palette: MantineColorsTuple) => Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hues).flatMap(([name, palette]) =>
      Object.entries(shade(palette)).map(([part, value]) => [`--mantine-color-${name}-${part}`, value]),
    ),
  );
}

/** The library's own tints miss WCAG AA contrast; these pairs meet it in both themes. */
export const resolveCssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-placeholder': gray[6],
    '--mantine-color-error': crimson[7],
    '--mantine-color-anchor': petrol[7],
    '--mantine-color-body': '#ffffff',
    ...variantsOf((palette) => ({
      text: palette[7],
      light: palette[1],
      'light-hover': palette[2],
      'light-color': palette[8],
      outline: palette[7],
    })),
  },
  dark: {
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': dark[2],
    '--mantine-color-error': crimson[3],
    '--mantine-color-anchor': petrol[3],
    ...variantsOf((palette) => ({
      text: palette[3],
      light: `color-mix(in srgb, ${palette[6]} 24%, ${dark[7]})`,
      'light-hover': `color-mix(in srgb, ${palette[6]} 34%, ${dark[7]})`,
      'light-color': palette[2],
      outline: palette[3],
    })),
  },
});
