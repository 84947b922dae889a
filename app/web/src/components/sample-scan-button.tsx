import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { startSampleScan } from '../api/scans.ts';
import { useTexts } from '../i18n/texts.tsx';
import { useNotify } from './toaster.tsx';

/** Starts a scan of the invented data that comes with the product, and goes to its page. */
export function SampleScanButton({ isMain }: { readonly isMain?: boolean }): React.JSX.Element {
  const { t } = useTexts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notify = useNotify();
  const start = useMutation({
    mutationFn: () => startSampleScan(t('newScan.sampleName')),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['scans'] });
      await navigate({ to: '/scans/$scanId', params: { scanId: id } });
    },
    onError: (error) => notify(error.message, 'failed'),
  });
  return (
    <Button
      variant={isMain ? 'filled' : 'default'}
      size={isMain ? 'md' : 'sm'}
      aria-disabled={start.isPending}
      onClick={() => {
        if (!start.isPending) start.mutate();
      }}
    >
      {t('overview.sample')}
    </Button>
  );
}
