import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../../api/accounts.ts';
import { useAbilities } from '../../api/session-context.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { actions as english } from '../../i18n/messages/en/actions.ts';
import { actions as dutch } from '../../i18n/messages/nl/actions.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './activity.module.css';

/** Who did what in the organisation: for administrators and auditors. */
export function ActivityPage(): React.JSX.Element {
  const { t } = useTexts();
  const { canAudit } = useAbilities();
  if (canAudit) return <AuditLog />;
  return (
    <Page title={t('shell.activity')}>
      <EmptyState title={t('audit.notAllowed')} />
    </Page>
  );
}

const wordsOf: Readonly<Record<'en' | 'nl', Readonly<Record<string, string>>>> = { en: english, nl: dutch };

function AuditLog(): React.JSX.Element {
  const { t, format, language } = useTexts();
  const words = wordsOf[language];
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery);
  const entries = data?.pages.flatMap(({ items }) => items);
  return (
    <Page title={t('shell.activity')} lead={t('audit.lead')}>
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      <Panel title={t('shell.activity')} isFlush>
        {entries ? (
          <div className={styles.scroll} role="region" aria-label={t('shell.activity')} tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('audit.when')}</th>
                  <th scope="col">{t('audit.who')}</th>
                  <th scope="col">{t('audit.what')}</th>
                  <th scope="col">{t('audit.subject')}</th>
                </tr>
              </thead>
              <tbody>
                {entries.map(({ id, at, email, action, subjectName }) => (
                  <tr key={id}>
                    <td>
                      <time dateTime={at}>{format.dateTime(at)}</time>
                    </td>
                    <td>{email ?? t('audit.somebodyGone')}</td>
                    <td>{words[action] ?? action}</td>
                    <td>{subjectName ?? ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <Skeleton h={320} radius={0} />
        )}
      </Panel>
      {hasNextPage ? (
        <div>
          <Button variant="default" onClick={() => void fetchNextPage()} aria-disabled={isFetchingNextPage}>
            {t('audit.more')}
          </Button>
        </div>
      ) : undefined}
    </Page>
  );
}
