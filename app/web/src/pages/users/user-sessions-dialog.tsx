import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { activityQuery, revokeSessions, sessionsQuery } from '../../api/accounts.ts';
import type { User } from '../../api/types.ts';
import { DeviceTable } from '../../components/device-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './users.module.css';

/** Properties of {@link UserSessionsDialog}. */
export interface UserSessionsDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

const shownActivities = 30;

/** Where a user is signed in, with ways to end it, and what was done lately. */
export function UserSessionsDialog({ user, onClose }: UserSessionsDialogProps): React.JSX.Element {
  const { t, format } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const { data, error } = useQuery(sessionsQuery(user.id));
  const { data: activity, error: activityError } = useQuery(activityQuery(user.id));
  const revoke = useMutation({
    mutationFn: (sessionId: string | undefined) => revokeSessions(user.id, sessionId),
    onSuccess: async (_, sessionId) => {
      notify(sessionId === undefined ? t('users.signedOut', { email: user.email }) : t('account.revoked'));
      await queries.invalidateQueries({ queryKey: sessionsQuery(user.id).queryKey });
      await queries.invalidateQueries({ queryKey: activityQuery(user.id).queryKey });
    },
  });
  const failure = error ?? activityError ?? revoke.error;

  return (
    <Dialog title={t('users.sessionsTitle', { email: user.email })} onClose={onClose} isWide>
      <div className={styles.form}>
        {failure ? <ProblemNotice error={failure} /> : undefined}
        {data ? (
          data.items.length === 0 ? (
            <p className={styles.text}>{t('users.noSessions')}</p>
          ) : (
            <div className={styles.scroll} role="region" aria-label={t('users.sessions')} tabIndex={0}>
              <DeviceTable devices={data.items} onRevoke={(id) => revoke.mutate(id)} />
            </div>
          )
        ) : (
          <Skeleton h={120} radius={0} />
        )}
        {data && data.items.length > 0 ? (
          <div className={styles.actions}>
            <Button variant="default" onClick={() => revoke.mutate(undefined)} aria-disabled={revoke.isPending}>
              {t('users.signOutEverywhere')}
            </Button>
          </div>
        ) : undefined}
        <h3 className={styles.subtitle}>{t('users.activity')}</h3>
        {activity?.items.length === 0 ? <p className={styles.text}>{t('users.noActivity')}</p> : undefined}
        <ul className={styles.activity} aria-label={t('users.activity')} tabIndex={0}>
          {activity?.items.slice(0, shownActivities).map(({ at, what }, index) => (
            // Two of the same kind may fall into one millisecond.
            <li key={`${at} ${index}`}>
              <span className="code">{what}</span>
              <time dateTime={at}>{format.ago(at)}</time>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
