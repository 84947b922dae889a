import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Suspense, lazy, useState } from 'react';
import { cancelScan, deleteScan, retryScan } from '../../api/scans.ts';
import { useAbilities } from '../../api/session-context.ts';
import type { Scan } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { IconBan, IconFileDescription, IconRefresh, IconShare, IconTrash } from '../../components/icons.ts';
import { isScanActive } from '../../components/scan-status.tsx';
import { useNotify } from '../../components/toaster.tsx';
import type { PlainKey } from '../../i18n/message-keys.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './scan.module.css';

const ReportLinks = lazy(() =>
  import('../../components/report-links.tsx').then((module) => ({ default: module.ReportLinks })),
);
const ShareDialog = lazy(() => import('./share-dialog.tsx').then((module) => ({ default: module.ShareDialog })));

type Overlay = 'report' | 'share' | 'delete';

/** What can be done with a scan, by state and role. */
export function ScanActions({ scan }: { readonly scan: Scan }): React.JSX.Element {
  const { t } = useTexts();
  const { canScan } = useAbilities();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notify = useNotify();
  const [overlay, setOverlay] = useState<Overlay>();
  const isActive = isScanActive(scan.status);

  const act = useMutation({
    mutationFn: ({ run }: { run: () => Promise<unknown>; done: PlainKey }) => run(),
    onSuccess: async (_, { done }) => {
      notify(t(done));
      await Promise.all(['scan', 'scans', 'overview'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
    onError: (error) => notify(error.message, 'failed'),
  });
  const icon = { size: 16, stroke: 1.7, 'aria-hidden': true } as const;

  return (
    <>
      {isActive && canScan ? (
        <Button
          variant="default"
          leftSection={<IconBan {...icon} />}
          onClick={() => act.mutate({ run: () => cancelScan(scan.id), done: 'scan.cancelled' })}
        >
          {t('scan.cancel')}
        </Button>
      ) : undefined}
      {!isActive && canScan ? (
        <>
          <Button variant="default" leftSection={<IconTrash {...icon} />} onClick={() => setOverlay('delete')}>
            {t('scan.delete')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconRefresh {...icon} />}
            onClick={() => act.mutate({ run: () => retryScan(scan.id), done: 'scan.retried' })}
          >
            {t('scan.retry')}
          </Button>
        </>
      ) : undefined}
      {canScan ? (
        <Button variant="default" leftSection={<IconShare {...icon} />} onClick={() => setOverlay('share')}>
          {t('scan.share')}
        </Button>
      ) : undefined}
      <Button leftSection={<IconFileDescription {...icon} />} onClick={() => setOverlay('report')}>
        {t('scan.report')}
      </Button>
      {overlay === 'report' ? (
        <Dialog title={t('scan.report')} onClose={() => setOverlay(undefined)}>
          <Suspense fallback={<Skeleton h={340} />}>
            <ReportLinks scan={scan} />
          </Suspense>
        </Dialog>
      ) : undefined}
      {overlay === 'share' ? (
        <Suspense>
          <ShareDialog scanId={scan.id} onClose={() => setOverlay(undefined)} />
        </Suspense>
      ) : undefined}
      {overlay === 'delete' ? (
        <Dialog title={t('scan.deleteTitle')} onClose={() => setOverlay(undefined)}>
          <p>{t('scan.deleteText')}</p>
          <div className={styles.dialogActions}>
            <Button variant="default" onClick={() => setOverlay(undefined)}>
              {t('action.cancel')}
            </Button>
            <Button
              color="crimson"
              onClick={() => {
                act.mutate({ run: () => deleteScan(scan.id), done: 'scan.deleted' });
                void navigate({ to: '/scans' });
              }}
            >
              {t('action.delete')}
            </Button>
          </div>
        </Dialog>
      ) : undefined}
    </>
  );
}
