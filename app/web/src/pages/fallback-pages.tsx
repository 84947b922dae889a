import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';
import { useTexts } from '../i18n/texts.tsx';

/** An address nothing answers to. */
export function NotFoundPage(): React.JSX.Element {
  const { t } = useTexts();
  return (
    <Page title={t('shell.notFound')}>
      <EmptyState
        title={t('shell.notFoundText')}
        action={
          <Button component={Link} to="/">
            {t('shell.toOverview')}
          </Button>
        }
      />
    </Page>
  );
}

/** A page whose code failed. */
export function CrashedPage(): React.JSX.Element {
  const { t } = useTexts();
  return (
    <Page title={t('shell.crashed')}>
      <EmptyState
        title={t('shell.crashedText')}
        action={<Button onClick={() => location.reload()}>{t('problem.retry')}</Button>}
      />
    </Page>
  );
}
