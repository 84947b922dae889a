import { BrandMark } from '../../components/brand-mark.tsx';
import { useEntryTranslator } from '../../i18n/entry-translate.ts';
import styles from './sign-in.module.css';

/** Shown while the server starts; the page asks again by itself. */
export function WaitingPage(): React.JSX.Element {
  const { t } = useEntryTranslator();
  return (
    <div className={styles.page}>
      <title>{`${t('entry.starting')} · DataGuardian Pro`}</title>
      <main className={`${styles.main} ${styles.starting}`}>
        <div className={styles.spinner} aria-hidden="true" />
        <h1 className={styles.title} role="status">
          {t('entry.starting')}
        </h1>
        <p className={styles.lead}>{t('entry.startingDetail')}</p>
        <BrandMark />
      </main>
    </div>
  );
}

/** Shown when a part of the page could not be loaded, most often after an update. */
export function LoadFailedPage(): React.JSX.Element {
  const { t } = useEntryTranslator();
  return (
    <div className={styles.page}>
      <main className={`${styles.main} ${styles.starting}`}>
        <h1 className={styles.title}>{t('entry.loadFailed')}</h1>
        <p className={styles.lead}>{t('entry.loadFailedDetail')}</p>
        <button type="button" className={styles.submit} onClick={() => location.reload()}>
          {t('entry.reload')}
        </button>
      </main>
    </div>
  );
}
