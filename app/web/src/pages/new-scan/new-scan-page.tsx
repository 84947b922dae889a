import { Button, Progress, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { startScan } from '../../api/scans.ts';
import { useAbilities } from '../../api/session-context.ts';
import { uploadFiles } from '../../api/upload.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import {
  type FormErrors,
  type ScanForm,
  checkScanForm,
  emptyScanForm,
  suggestName,
  toScanSource,
} from './scan-form.ts';
import styles from './new-scan.module.css';
import { SourceChoice } from './source-choice.tsx';
import { SourceFields } from './source-fields.tsx';

interface Sending {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** Chooses a source, checks it, sends files if there are any, and starts the scan. */
export function NewScanPage(): React.JSX.Element {
  const { t, format } = useTexts();
  const { canScan } = useAbilities();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [form, setForm] = useState<ScanForm>(emptyScanForm);
  const [errors, setErrors] = useState<FormErrors>({});
  const [isBusy, setBusy] = useState(false);
  const [sending, setSending] = useState<Sending>();
  const [failure, setFailure] = useState<unknown>();
  const element = useRef<HTMLFormElement>(null);

  const change = (part: Partial<ScanForm>): void => {
    setForm((now) => ({ ...now, ...part }));
    setErrors({});
  };
  const suggested = suggestName(form);

  async function start(): Promise<void> {
    const name = form.name.trim() || suggested;
    const found: FormErrors = { ...checkScanForm(form), ...(name ? {} : { name: 'newScan.nameMissing' }) };
    setErrors(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0) {
      // After the render, so that the fields carry their error when a screen reader reaches them.
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
      return;
    }
    setBusy(true);
    try {
      const uploadId =
        form.kind === 'upload'
          ? await uploadFiles({
              files: form.files,
              onProgress: (sentBytes, totalBytes) => setSending({ sentBytes, totalBytes }),
            })
          : undefined;
      const scan = await startScan({ name, source: toScanSource(form, uploadId) });
      await queries.invalidateQueries({ queryKey: ['scans'] });
      await navigate({ to: '/scans/$scanId', params: { scanId: scan.id } });
    } catch (error) {
      setFailure(error);
      setBusy(false);
      setSending(undefined);
    }
  }

  if (!canScan)
    return (
      <Page title={t('newScan.title')}>
        <EmptyState title={t('newScan.notAllowed')} />
      </Page>
    );

  return (
    <Page title={t('newScan.title')} lead={t('newScan.lead')}>
      <form
        ref={element}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void start();
        }}
      >
        <SourceChoice value={form.kind} onChange={(kind) => change({ kind })} />
        <Panel title={t(`source.${form.kind}`)}>
          <div className={styles.fields}>
            <SourceFields form={form} errors={errors} onChange={change} />
            <TextInput
              name="name"
              label={t('newScan.name')}
              description={t('newScan.nameHint')}
              placeholder={suggested}
              value={form.name}
              error={errors.name && t(errors.name)}
              onChange={(event) => change({ name: event.currentTarget.value })}
              maxLength={120}
              autoComplete="off"
            />
            {sending ? (
              <div role="status">
                <p className="numbers">
                  {t('newScan.uploading', {
                    done: format.bytes(sending.sentBytes),
                    total: format.bytes(sending.totalBytes),
                  })}
                </p>
                <Progress
                  value={(100 * sending.sentBytes) / Math.max(1, sending.totalBytes)}
                  aria-label={t('scan.progress')}
                />
              </div>
            ) : undefined}
            {failure ? <ProblemNotice error={failure} /> : undefined}
            <div>
              <Button type="submit" size="md" aria-disabled={isBusy}>
                {isBusy ? t('newScan.starting') : t('newScan.start')}
              </Button>
            </div>
          </div>
        </Panel>
      </form>
    </Page>
  );
}
