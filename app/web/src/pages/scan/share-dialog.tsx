import { Button, Checkbox, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { shareScan, sharesQuery } from '../../api/scans.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './scan.module.css';

/** Properties of {@link ShareDialog}. */
export interface ShareDialogProps {
  readonly scanId: string;
  readonly onClose: () => void;
}

/** Gives analysts access to one scan. */
export function ShareDialog({ scanId, onClose }: ShareDialogProps): React.JSX.Element {
  const { t } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const { data, error } = useQuery(sharesQuery(scanId));
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const save = useMutation({
    mutationFn: () =>
      shareScan(
        scanId,
        (data?.items ?? []).filter(({ id, hasAccess }) => changed.get(id) ?? hasAccess).map(({ id }) => id),
      ),
    onSuccess: async () => {
      notify(t('scan.shared'));
      await queries.invalidateQueries({ queryKey: sharesQuery(scanId).queryKey });
      onClose();
    },
  });
  return (
    <Dialog title={t('scan.shareTitle')} onClose={onClose}>
      <p className="dim">{t('scan.shareText')}</p>
      {error ? <ProblemNotice error={error} /> : undefined}
      {data?.items.length === 0 ? <p>{t('scan.shareNobody')}</p> : undefined}
      {data ? (
        <ul className={styles.people} aria-label={t('scan.shareWith')}>
          {data.items.map(({ id, email, hasAccess }) => (
            <li key={id}>
              <Checkbox
                label={email}
                checked={changed.get(id) ?? hasAccess}
                onChange={(event) => setChanged(new Map(changed).set(id, event.currentTarget.checked))}
              />
            </li>
          ))}
        </ul>
      ) : error ? undefined : (
        <Skeleton h={60} />
      )}
      {save.isError ? <ProblemNotice error={save.error} /> : undefined}
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button disabled={changed.size === 0} onClick={() => save.mutate()}>
          {t('action.save')}
        </Button>
      </div>
    </Dialog>
  );
}
