import { SegmentedControl, Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useSession } from '../../api/session-context.ts';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { chooseLanguage, languages } from '../../i18n/language.ts';
import { useTexts } from '../../i18n/texts.tsx';
import { ThemeSwitch } from '../../shell/theme-switch.tsx';
import styles from './account.module.css';
import { Devices } from './devices.tsx';
import { PasswordForm } from './password-form.tsx';

// Its code and texts are fetched with this page alone.
const SecondFactor = lazy(() =>
  import('./second-factor/second-factor.tsx').then((module) => ({ default: module.SecondFactor })),
);

const languageNames = { en: 'English', nl: 'Nederlands' } as const;

/** The signed-in person's own settings: appearance, language, password, second factor, devices. */
export function AccountPage(): React.JSX.Element {
  const { t, language } = useTexts();
  const { me } = useSession();
  return (
    <Page title={t('shell.account')} lead={`${me.email} · ${t(`role.${me.role}`)} · ${me.organisation.name}`}>
      <div className={styles.columns}>
        <Panel title={t('account.appearance')}>
          <div className={styles.settings}>
            <div>
              <p className={styles.label} id="language">
                {t('shell.language')}
              </p>
              <SegmentedControl
                aria-labelledby="language"
                value={language}
                onChange={(chosen) => {
                  const known = languages.find((candidate) => candidate === chosen);
                  if (known) chooseLanguage(known);
                }}
                data={languages.map((value) => ({ value, label: languageNames[value] }))}
              />
            </div>
            <div>
              <p className={styles.label}>{t('shell.theme')}</p>
              <ThemeSwitch />
            </div>
          </div>
        </Panel>
        <Panel title={t('account.password')} note={t('account.passwordNote')}>
          <PasswordForm />
        </Panel>
      </div>
      <Suspense fallback={<Skeleton h={120} />}>
        <SecondFactor />
      </Suspense>
      <Devices />
    </Page>
  );
}
