import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ownSessionsQuery, revokeOwnSession } from '../../api/accounts.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { describeUserAgent } from './user-agent.ts';

/** The devices the person is signed in on, each with a way to sign it out. */
export function Devices(): React.JSX.Element {
  const { t, format } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(ownSessionsQuery);
  const revoke = useMutation({
    mutationFn: revokeOwnSession,
    onSuccess: async () => {
      notify(t('account.revoked'));
      await queries.invalidateQueries({ queryKey: ownSessionsQuery.queryKey });
    },
  });
  const nameOf = (userAgent: string): string => {
    const known = describeUserAgent(userAgent);
    return known ? t('account.on', known) : t('account.unknownDevice');
  };

  return (
    <Panel title={t('account.devices')} note={t('account.devicesNote')} isFlush>
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {data ? (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('account.device')}</th>
              <th scope="col">{t('account.address')}</th>
              <th scope="col">{t('account.lastSeen')}</th>
              <th scope="col">
                <span className="visuallyHidden">{t('users.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ id, userAgent, address, lastSeenAt, isCurrent }) => (
              <tr key={id}>
                <td>
                  {nameOf(userAgent)}
                  {isCurrent ? <span className="dim">{` (${t('account.thisDevice')})`}</span> : undefined}
                </td>
                <td className="code">{address}</td>
                <td>{format.ago(lastSeenAt)}</td>
                <td className="numeric">
                  {isCurrent ? undefined : (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={t('account.revokeOf', { device: nameOf(userAgent) })}
                      onClick={() => revoke.mutate(id)}
                    >
                      {t('account.revoke')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <Skeleton h={120} radius={0} />
      )}
      {revoke.isError ? <ProblemNotice error={revoke.error} /> : undefined}
    </Panel>
  );
}
