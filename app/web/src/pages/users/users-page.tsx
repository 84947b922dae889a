import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changeUser, usersQuery } from '../../api/accounts.ts';
import { useAbilities } from '../../api/session-context.ts';
import type { User, UserChange } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { IconPlus } from '../../components/icons.ts';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { NewUserDialog } from './new-user-dialog.tsx';
import { ResetFactorDialog } from './reset-factor-dialog.tsx';
import { ResetPasswordDialog } from './reset-password-dialog.tsx';
import { SignEverybodyOutDialog } from './sign-everybody-out-dialog.tsx';
import { UserSessionsDialog } from './user-sessions-dialog.tsx';
import { UsersTable } from './users-table.tsx';

type Open =
  | { readonly dialog: 'new' | 'everybody' }
  | { readonly dialog: 'reset' | 'sessions' | 'factor'; readonly user: User };

/** Administrators create users here, give roles, disable, and set new passwords. */
export function UsersPage(): React.JSX.Element {
  const { t } = useTexts();
  const { canAdminister } = useAbilities();
  if (canAdminister) return <UsersAdministration />;
  return (
    <Page title={t('shell.users')}>
      <EmptyState title={t('users.notAllowed')} />
    </Page>
  );
}

function UsersAdministration(): React.JSX.Element {
  const { t } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(usersQuery);
  const [open, setOpen] = useState<Open>();
  const change = useMutation({
    mutationFn: ({ user, part }: { user: User; part: UserChange }) => changeUser(user.id, part),
    onSuccess: async (_, { user: { email }, part }) => {
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey });
      if (part.role) notify(t('users.roleChanged', { email }));
      else notify(part.disabled ? t('users.disabledDone', { email }) : t('users.enabledDone', { email }));
    },
  });

  return (
    <Page
      title={t('shell.users')}
      lead={t('users.lead')}
      actions={
        <>
          <Button variant="default" onClick={() => setOpen({ dialog: 'everybody' })}>
            {t('users.everybody')}
          </Button>
          <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setOpen({ dialog: 'new' })}>
            {t('users.new')}
          </Button>
        </>
      }
    >
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {change.isError ? <ProblemNotice error={change.error} /> : undefined}
      <Panel title={t('shell.users')} isFlush>
        {data ? (
          <UsersTable
            users={data.items}
            onChange={(user, part) => change.mutate({ user, part })}
            onReset={(user) => setOpen({ dialog: 'reset', user })}
            onSessions={(user) => setOpen({ dialog: 'sessions', user })}
            onFactor={(user) => setOpen({ dialog: 'factor', user })}
          />
        ) : (
          <Skeleton h={220} radius={0} />
        )}
      </Panel>
      {open?.dialog === 'new' ? <NewUserDialog onClose={() => setOpen(undefined)} /> : undefined}
      {open?.dialog === 'everybody' ? <SignEverybodyOutDialog onClose={() => setOpen(undefined)} /> : undefined}
      {open?.dialog === 'sessions' ? (
        <UserSessionsDialog user={open.user} onClose={() => setOpen(undefined)} />
      ) : undefined}
      {open?.dialog === 'factor' ? (
        <ResetFactorDialog user={open.user} onClose={() => setOpen(undefined)} />
      ) : undefined}
      {open?.dialog === 'reset' ? (
        <ResetPasswordDialog user={open.user} onClose={() => setOpen(undefined)} />
      ) : undefined}
    </Page>
  );
}
