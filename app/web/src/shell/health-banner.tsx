import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../api/health.ts';
import { useAbilities } from '../api/session-context.ts';
import { useTexts } from '../i18n/texts.tsx';
import styles from './health-banner.module.css';

/** The parts whose absence people can notice; how the profiler fares is told in its own room alone. */
const noticeable = ['database', 'cache', 'sessions', 'queue'] as const;

/** Says when the server does not answer, and tells administrators which part runs on its fallback. */
export function HealthBanner(): React.JSX.Element | undefined {
  const { t } = useTexts();
  const { canAdminister } = useAbilities();
  const { data, isError } = useQuery(healthQuery);
  if (isError) return <Banner text={t('shell.offline')} />;
  const parts = noticeable.filter((name) => (data?.components[name]?.status ?? 'up') !== 'up');
  if (!canAdminister || parts.length === 0) return undefined;
  const names = parts.map((name) => t(`shell.part.${name}`)).join(', ');
  return (
    <Banner text={t('shell.degraded', { names })}>
      <a href="/admin/performance">{t('shell.degradedWhy')}</a>
    </Banner>
  );
}

function Banner({ text, children }: { readonly text: string; readonly children?: React.ReactNode }): React.JSX.Element {
  return (
    <p className={styles.banner} role="status">
      {text} {children}
    </p>
  );
}
