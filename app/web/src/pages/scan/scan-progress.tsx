import { Alert, Progress } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { StreamState } from '../../api/use-scan-stream.ts';
import type { Scan } from '../../api/types.ts';
import { Sparkline } from '../../components/charts/sparkline.tsx';
import { isScanActive } from '../../components/scan-status.tsx';
import { SeverityCounts } from '../../components/severity-counts.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { useServerWords } from '../../i18n/use-server-words.ts';
import styles from './scan.module.css';
import { type ProgressSample, toBytesPerSecond, toSpeeds } from './throughput.ts';

/** Properties of {@link ScanProgress}. */
export interface ScanProgressProps {
  readonly scan: Scan;
  readonly samples: readonly ProgressSample[];
  readonly stream: StreamState;
}

/** How far a scan is in true bytes and items, how fast, how long still, and what it found so far. */
export function ScanProgress({ scan, samples, stream }: ScanProgressProps): React.JSX.Element {
  const { t, tn, format } = useTexts();
  const { doneBytes, totalBytes, doneItems, totalItems, skippedItems } = scan.progress;
  const isActive = isScanActive(scan.status);
  const share = totalBytes ? Math.min(1, doneBytes / totalBytes) : undefined;
  const speed = toBytesPerSecond(samples);
  const leftMs = speed && totalBytes ? ((totalBytes - doneBytes) / speed) * 1000 : undefined;
  const elapsedMs = useElapsed(scan);

  return (
    <section className={styles.progress} aria-label={t('scan.progress')}>
      {isActive ? (
        <div className={styles.bar}>
          <div className={styles.barHead}>
            <strong className="numbers">
              {scan.status === 'queued'
                ? t('scan.queuedText')
                : share === undefined
                  ? t(`status.${scan.status}`)
                  : format.percent(share)}
            </strong>
            <span className="dim numbers" role="status">
              {stream === 'lost'
                ? t('scan.reconnecting')
                : leftMs !== undefined && Number.isFinite(leftMs)
                  ? t('scan.left', { time: format.duration(leftMs) })
                  : ''}
            </span>
          </div>
          <Progress
            value={100 * (share ?? 0)}
            animated={share === undefined || share < 1}
            size="lg"
            radius="xl"
            aria-label={t('scan.progress')}
          />
        </div>
      ) : undefined}
      {scan.failure ? <ScanFailure failure={scan.failure} /> : undefined}
      <dl className={styles.figures}>
        <Figure label={t('scan.searched')}>
          {isActive && totalBytes
            ? t('scan.ofBytes', { done: format.bytes(doneBytes), total: format.bytes(totalBytes) })
            : format.bytes(doneBytes)}
          <span className={styles.figureNote}>
            {isActive && totalItems
              ? t('scan.ofItems', { done: format.number(doneItems), total: format.number(totalItems) })
              : tn('scan.items', doneItems)}
          </span>
        </Figure>
        {isActive ? (
          <Figure label={t('scan.throughput')}>
            {speed === undefined ? '–' : t('scan.perSecond', { size: format.bytes(speed) })}
            <Sparkline values={toSpeeds(samples)} width={120} height={18} />
          </Figure>
        ) : undefined}
        <Figure label={t(isActive ? 'scan.elapsed' : 'scan.took')}>
          {elapsedMs === undefined ? '–' : format.duration(elapsedMs)}
        </Figure>
        <Figure label={t('scan.found')}>
          <SeverityCounts counts={scan.counts} />
        </Figure>
        <Figure label={t('scan.skipped')}>{format.number(skippedItems)}</Figure>
      </dl>
    </section>
  );
}

function ScanFailure({ failure }: { readonly failure: NonNullable<Scan['failure']> }): React.JSX.Element {
  const { t } = useTexts();
  const words = useServerWords();
  const { title, text } = words.problem({
    status: 0,
    code: failure.code,
    title: failure.message,
    ...(failure.hint ? { hint: failure.hint } : {}),
  });
  return (
    <Alert color="crimson" variant="light" title={`${t('scan.failed')}: ${title}`}>
      {text}
    </Alert>
  );
}

function Figure({
  label,
  children,
}: {
  readonly label: string;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How long a scan has been running, or took; counts on every second while it runs. */
function useElapsed({ startedAt, finishedAt, status }: Scan): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  const isActive = isScanActive(status);
  useEffect(() => {
    if (!isActive) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isActive]);
  if (!startedAt) return undefined;
  return Math.max(0, (finishedAt ? new Date(finishedAt).getTime() : now) - new Date(startedAt).getTime());
}
