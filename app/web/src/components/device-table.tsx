import { Button } from '@mantine/core';
import type { DeviceSession } from '../api/types.ts';
import { useTexts } from '../i18n/texts.tsx';
import { describeUserAgent } from './user-agent.ts';

/** Properties of {@link DeviceTable}. */
export interface DeviceTableProps {
  readonly devices: readonly DeviceSession[];
  readonly onRevoke: (id: string) => void;
}

/** Devices somebody is signed in on, each but this one with a way to sign it out. */
export function DeviceTable({ devices, onRevoke }: DeviceTableProps): React.JSX.Element {
  const { t, format } = useTexts();
  const nameOf = (userAgent: string): string => {
    const known = describeUserAgent(userAgent);
    return known ? t('account.on', known) : t('account.unknownDevice');
  };
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('account.device')}</th>
          <th scope="col">{t('account.lastSeen')}</th>
          <th scope="col">
            <span className="visuallyHidden">{t('users.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {devices.map(({ id, userAgent, address, lastSeenAt, isCurrent }) => (
          <tr key={id}>
            <td>
              {nameOf(userAgent)}
              {isCurrent ? <span className="dim">{` (${t('account.thisDevice')})`}</span> : undefined}
              <div className="code dim">{address}</div>
            </td>
            <td>{format.ago(lastSeenAt)}</td>
            <td className="numeric">
              {isCurrent ? undefined : (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t('account.revokeOf', { device: nameOf(userAgent) })}
                  onClick={() => onRevoke(id)}
                >
                  {t('account.revoke')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
