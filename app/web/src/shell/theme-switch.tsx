import { useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '../components/icons.ts';
import type { PlainKey } from '../i18n/message-keys.ts';
import { useTexts } from '../i18n/texts.tsx';
import type { ThemeChoice } from '../theme/color-scheme.ts';
import styles from './navigation.module.css';

const choices = [
  { choice: 'light', label: 'shell.themeLight', Icon: IconSun },
  { choice: 'auto', label: 'shell.themeAuto', Icon: IconDeviceDesktop },
  { choice: 'dark', label: 'shell.themeDark', Icon: IconMoon },
] as const satisfies readonly { choice: ThemeChoice; label: PlainKey; Icon: typeof IconSun }[];

/** Light, dark, or what the system says. */
export function ThemeSwitch(): React.JSX.Element {
  const { t } = useTexts();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={styles.themes} role="group" aria-label={t('shell.theme')}>
      {choices.map(({ choice, label, Icon }) => (
        <button
          key={choice}
          type="button"
          aria-label={t(label)}
          title={t(label)}
          aria-pressed={colorScheme === choice}
          onClick={() => setColorScheme(choice)}
        >
          <Icon size={16} stroke={1.7} aria-hidden="true" />
        </button>
      ))}
    </div>
  );
}
