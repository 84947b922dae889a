import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useAbilities, useSession } from '../../api/session-context.ts';
import { settingsQuery } from '../../api/settings.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { useSettingsTexts } from '../../i18n/use-settings-texts.ts';
import { useFactorTexts } from '../../i18n/use-factor-texts.ts';
import { RetentionForm } from './retention-form.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SourcesForm } from './sources-form.tsx';
import styles from './settings.module.css';

/** How long results are kept and what may be scanned: for administrators. */
export function SettingsPage(): React.JSX.Element {
  const { t: ts } = useSettingsTexts();
  const { t } = useTexts();
  const { canAdminister } = useAbilities();
  if (canAdminister) return <SettingsForms />;
  return (
    <Page title={t('shell.settings')}>
      <EmptyState title={ts('settings.notAllowed')} />
    </Page>
  );
}

function SettingsForms(): React.JSX.Element {
  const { t: ts } = useSettingsTexts();
  const { t } = useTexts();
  const { t: tf } = useFactorTexts();
  const { me } = useSession();
  const { data, error, refetch } = useQuery(settingsQuery);
  return (
    <Page title={t('shell.settings')} lead={ts('settings.lead')}>
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {data ? (
        <div className={styles.columns}>
          <Panel title={ts('settings.retention')} note={ts('settings.retentionNote')}>
            <RetentionForm settings={data} />
          </Panel>
          <Panel title={tf('settings.signIn')} note={tf('settings.signInNote')}>
            <SignInForm settings={data} />
          </Panel>
          {me.organisation.isRoot ? (
            <Panel title={ts('settings.sources')} note={ts('settings.sourcesNote')}>
              <SourcesForm settings={data} />
            </Panel>
          ) : undefined}
        </div>
      ) : error ? undefined : (
        <Skeleton h={280} />
      )}
    </Page>
  );
}
