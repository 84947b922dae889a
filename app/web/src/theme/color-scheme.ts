import { type MantineColorSchemeManager } from '@mantine/core';

/** A theme a person can choose; `auto` follows the system. */
export type ThemeChoice = 'light' | 'dark' | 'auto';

/** Where the choice is remembered; `public/theme.js` reads the same key before the first paint. */
export const themeStorageKey = 'dataguardian.theme';

const isChoice = (value: string | null): value is ThemeChoice =>
  value === 'light' || value === 'dark' || value === 'auto';

/** Keeps the chosen theme in this browser and follows a change made in another tab. */
export function createColorSchemeManager(): MantineColorSchemeManager {
  let onStorage: ((event: StorageEvent) => void) | undefined;
  return {
    get: (fallback) => {
      const stored = localStorage.getItem(themeStorageKey);
      return isChoice(stored) ? stored : fallback;
    },
    set: (choice) => localStorage.setItem(themeStorageKey, choice),
    subscribe: (onUpdate) => {
      onStorage = (event) => {
        if (event.key === themeStorageKey && isChoice(event.newValue)) onUpdate(event.newValue);
      };
      addEventListener('storage', onStorage);
    },
    unsubscribe: () => {
      if (onStorage) removeEventListener('storage', onStorage);
    },
    clear: () => localStorage.removeItem(themeStorageKey),
  };
}
