import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTexts } from '../i18n/texts.tsx';
import { BrandMark } from '../components/brand-mark.tsx';
import { HealthBanner } from './health-banner.tsx';
import { Navigation } from './navigation.tsx';
import { IconMenu2, IconX } from '../components/icons.ts';
import styles from './shell.module.css';

/** The frame of every page: skip link, navigation at the left (in a drawer on a phone), notices, the page itself. */
export function Shell(): React.JSX.Element {
  const { t } = useTexts();
  const drawer = useRef<HTMLDialogElement>(null);
  const { pathname } = useLocation();

  useEffect(() => {
    drawer.current?.close();
    scrollTo({ top: 0 });
  }, [pathname]);

  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {t('shell.skip')}
      </a>
      <div className={styles.topBar}>
        <button
          type="button"
          className={styles.menuButton}
          aria-label={t('shell.openMenu')}
          onClick={() => drawer.current?.showModal()}
        >
          <IconMenu2 size={22} aria-hidden="true" />
        </button>
        <BrandMark size={26} />
        <span className={styles.brandName}>DataGuardian Pro</span>
      </div>
      <div className={styles.side}>
        <Navigation />
      </div>
      <dialog
        ref={drawer}
        className={styles.drawer}
        aria-label={t('shell.menu')}
        onClick={(event) => {
          if (event.target === drawer.current) drawer.current?.close();
        }}
      >
        <button
          type="button"
          className={styles.drawerClose}
          aria-label={t('action.close')}
          onClick={() => drawer.current?.close()}
        >
          <IconX size={20} aria-hidden="true" />
        </button>
        <Navigation />
      </dialog>
      <main id="content" tabIndex={-1} className={styles.content}>
        <HealthBanner />
        <Outlet />
      </main>
    </div>
  );
}
