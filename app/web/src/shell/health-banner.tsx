import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../api/health.ts';
import { useAbilities } from '../api/session-context.ts';
import { useTexts } from '../i18n/texts.tsx';
import styles from './health-banner.module.css';

/** Says when the server does not answer, and tells administrators which part runs on its fallback. */
export function HealthBanner(): React.JSX.Element | undefined {
  const { t } = useTexts();
  const { canAdminister } = useAbilities();
  const { data, isError } = useQuery(healthQuery);
  if (isError) return <Banner text={t('shell.offline')} />;
  if (!canAdminister || !data || data.status === 'up') return undefined;
  const detail = Object.entries(data.components)
    .filter(([, { status }]) => status !== 'up')
    .map(([name, component]) => `${name} (${component.detail})`)
    .join('; ');
  return <Banner text={t('shell.degraded', { detail })} />;
}

function Banner({ text }: { readonly text: string }): React.JSX.Element {
  return (
    <p className={styles.banner} role="status">
      {text}
    </p>
  );
}
