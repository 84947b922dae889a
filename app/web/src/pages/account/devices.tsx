import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ownSessionsQuery, revokeOtherSessions, revokeOwnSession } from '../../api/accounts.ts';
import { DeviceTable } from '../../components/device-table.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';

/** The devices the person is signed in on, each with a way to sign it out, and one for all others at once. */
export function Devices(): React.JSX.Element {
  const { t } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(ownSessionsQuery);
  const revoke = useMutation({
    mutationFn: (id: string | undefined) => (id === undefined ? revokeOtherSessions() : revokeOwnSession(id)),
    onSuccess: async (_, id) => {
      notify(t(id === undefined ? 'account.othersRevoked' : 'account.revoked'));
      await queries.invalidateQueries({ queryKey: ownSessionsQuery.queryKey });
    },
  });
  const hasOthers = data?.items.some(({ isCurrent }) => !isCurrent) ?? false;

  return (
    <Panel
      title={t('account.devices')}
      note={t('account.devicesNote')}
      isFlush
      actions={
        hasOthers ? (
          <Button size="xs" variant="default" onClick={() => revoke.mutate(undefined)}>
            {t('account.revokeOthers')}
          </Button>
        ) : undefined
      }
    >
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {data ? (
        <DeviceTable devices={data.items} onRevoke={(id) => revoke.mutate(id)} />
      ) : (
        <Skeleton h={120} radius={0} />
      )}
      {revoke.isError ? <ProblemNotice error={revoke.error} /> : undefined}
    </Panel>
  );
}
