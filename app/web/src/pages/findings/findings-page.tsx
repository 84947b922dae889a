import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { FindingsView } from './findings-view.tsx';

/** The findings of all scans. */
export function FindingsPage(): React.JSX.Element {
  const { t } = useTexts();
  const filters = useSearch({ from: '/findings' });
  const navigate = useNavigate({ from: '/findings' });
  return (
    <Page title={t('shell.findings')} lead={t('findings.lead')}>
      <FindingsView filters={filters} onFilters={(next) => void navigate({ search: next, replace: true })} />
    </Page>
  );
}
