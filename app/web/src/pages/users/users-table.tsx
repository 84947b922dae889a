import { Badge, Button, NativeSelect } from '@mantine/core';
import { useSession } from '../../api/session-context.ts';
import { type Role, type User, type UserChange, roles } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.tsx';
import { useFactorTexts } from '../../i18n/use-factor-texts.ts';
import styles from './users.module.css';

/** Properties of {@link UsersTable}. */
export interface UsersTableProps {
  readonly users: readonly User[];
  readonly onChange: (user: User, change: UserChange) => void;
  readonly onReset: (user: User) => void;
  readonly onSessions: (user: User) => void;
  readonly onFactor: (user: User) => void;
}

/** The users with their role and state; nobody takes their own administration away. */
export function UsersTable({ users, onChange, onReset, onSessions, onFactor }: UsersTableProps): React.JSX.Element {
  const { t, format } = useTexts();
  const { t: tf } = useFactorTexts();
  const { me } = useSession();
  return (
    <table className={`table ${styles.table}`}>
      <thead>
        <tr>
          <th scope="col">{t('users.email')}</th>
          <th scope="col">{t('users.role')}</th>
          <th scope="col">{t('users.state')}</th>
          <th scope="col">{t('users.lastSignIn')}</th>
          <th scope="col">
            <span className="visuallyHidden">{t('users.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.id}>
            <td>
              <span className={styles.email}>{user.email}</span>
              {user.id === me.id ? <span className="dim">{` (${t('users.you')})`}</span> : undefined}
            </td>
            <td>
              <NativeSelect
                aria-label={t('users.roleOf', { email: user.email })}
                value={user.role}
                disabled={user.id === me.id}
                data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
                onChange={(event) => onChange(user, { role: event.currentTarget.value as Role })}
                size="xs"
                w="10rem"
              />
            </td>
            <td>
              <Badge variant="light" color={user.disabled ? 'amber' : 'moss'} tt="none">
                {user.disabled ? t('users.disabled') : t('users.active')}
              </Badge>
            </td>
            <td>{user.lastSignInAt ? format.ago(user.lastSignInAt) : t('users.never')}</td>
            <td>
              {user.id === me.id ? undefined : (
                <span className={styles.actions}>
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={t('users.sessionsOf', { email: user.email })}
                    onClick={() => onSessions(user)}
                  >
                    {t('users.sessions')}
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={t('users.resetOf', { email: user.email })}
                    onClick={() => onReset(user)}
                  >
                    {t('users.reset')}
                  </Button>
                  {user.hasSecondFactor ? (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={tf('users.factorOf', { email: user.email })}
                      onClick={() => onFactor(user)}
                    >
                      {tf('users.factor')}
                    </Button>
                  ) : undefined}
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={t(user.disabled ? 'users.enableOf' : 'users.disableOf', { email: user.email })}
                    onClick={() => onChange(user, { disabled: !user.disabled })}
                  >
                    {user.disabled ? t('users.enable') : t('users.disable')}
                  </Button>
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
