import { Link } from '@tanstack/react-router';
import { useAbilities, useSession } from '../api/session-context.ts';
import { BrandMark } from '../components/brand-mark.tsx';
import {
  IconActivity,
  IconFileDescription,
  IconHistory,
  IconLayoutDashboard,
  IconListSearch,
  IconLogout,
  IconRadar2,
  IconSettings,
  IconUsers,
} from '../components/icons.ts';
import type { PlainKey } from '../i18n/message-keys.ts';
import { useTexts } from '../i18n/texts.tsx';
import styles from './navigation.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

type Icon = typeof IconUsers;

const places = [
  { to: '/', label: 'shell.overview', Icon: IconLayoutDashboard },
  { to: '/scans', label: 'shell.scans', Icon: IconRadar2 },
  { to: '/findings', label: 'shell.findings', Icon: IconListSearch },
  { to: '/reports', label: 'shell.reports', Icon: IconFileDescription },
] as const satisfies readonly { to: string; label: PlainKey; Icon: Icon }[];

/** The places of the product for the signed-in person, and who that is. */
export function Navigation(): React.JSX.Element {
  const { t } = useTexts();
  const { me, leave } = useSession();
  const { canAdminister, canAudit } = useAbilities();
  return (
    <nav className={styles.navigation} aria-label={t('shell.navigation')}>
      <Link to="/" className={styles.brand} aria-label="DataGuardian Pro">
        <BrandMark size={28} />
        <span>DataGuardian Pro</span>
      </Link>
      <ul className={styles.list}>
        {places.map(({ to, label, Icon }) => (
          <li key={to}>
            <Link to={to} className={styles.link} activeOptions={{ exact: to === '/' }}>
              <Icon size={18} stroke={1.7} aria-hidden="true" />
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
      {canAudit ? (
        <>
          <p className={styles.section}>{t('shell.administration')}</p>
          <ul className={styles.list}>
            {canAdminister ? (
              <li>
                <Link to="/admin/users" className={styles.link}>
                  <IconUsers size={18} stroke={1.7} aria-hidden="true" />
                  {t('shell.users')}
                </Link>
              </li>
            ) : undefined}
            <li>
              <Link to="/admin/activity" className={styles.link}>
                <IconHistory size={18} stroke={1.7} aria-hidden="true" />
                {t('shell.activity')}
              </Link>
            </li>
            {canAdminister ? (
              <li>
                <Link to="/admin/settings" className={styles.link}>
                  <IconSettings size={18} stroke={1.7} aria-hidden="true" />
                  {t('shell.settings')}
                </Link>
              </li>
            ) : undefined}
            {canAdminister ? (
              <li>
                <a href="/admin/performance" className={styles.link}>
                  <IconActivity size={18} stroke={1.7} aria-hidden="true" />
                  {t('shell.performance')}
                </a>
              </li>
            ) : undefined}
          </ul>
        </>
      ) : undefined}
      <div className={styles.foot}>
        <ThemeSwitch />
        <div className={styles.person}>
          <Link to="/account" className={styles.account}>
            <span className="visuallyHidden">{t('shell.account')}</span>
            <span className={styles.initial} aria-hidden="true">
              {me.email.slice(0, 1).toUpperCase()}
            </span>
            <span className={styles.who}>
              <span className={styles.email}>{me.email}</span>
              <span className={styles.role}>{t(`role.${me.role}`)}</span>
            </span>
          </Link>
          <button
            type="button"
            className={styles.leave}
            aria-label={t('shell.signOut')}
            title={t('shell.signOut')}
            onClick={() => void leave()}
          >
            <IconLogout size={18} stroke={1.7} aria-hidden="true" />
          </button>
        </div>
      </div>
    </nav>
  );
}
