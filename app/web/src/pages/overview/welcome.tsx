import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAbilities } from '../../api/session-context.ts';
import { SampleScanButton } from '../../components/sample-scan-button.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './overview.module.css';

const steps = [
  { title: 'overview.step1', text: 'overview.step1Text' },
  { title: 'overview.step2', text: 'overview.step2Text' },
  { title: 'overview.step3', text: 'overview.step3Text' },
] as const;

/** The overview before the first scan: what the product does in three steps, and two ways to begin. */
export function Welcome(): React.JSX.Element {
  const { t } = useTexts();
  const { canScan } = useAbilities();
  return (
    <section className={styles.welcome}>
      <h2 className={styles.welcomeTitle}>{t('overview.welcome')}</h2>
      <p className={styles.welcomeText}>{t('overview.welcomeText')}</p>
      {canScan ? (
        <div className={styles.welcomeActions}>
          <SampleScanButton isMain />
          <Button component={Link} to="/scans/new" size="md" variant="default">
            {t('scans.new')}
          </Button>
        </div>
      ) : (
        <p className={styles.welcomeText}>{t('scans.emptyReader')}</p>
      )}
      {canScan ? <p className={styles.welcomeHint}>{t('overview.sampleText')}</p> : undefined}
      <ol className={styles.steps}>
        {steps.map(({ title, text }, index) => (
          <li key={title} className={styles.step}>
            <span className={styles.stepNumber} aria-hidden="true">
              {index + 1}
            </span>
            <h3 className={styles.stepTitle}>{t(title)}</h3>
            <p>{t(text)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
