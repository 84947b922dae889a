import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { skippedQuery } from '../../api/scans.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';

/** Properties of {@link SkippedItems}. */
export interface SkippedItemsProps {
  readonly scanId: string;
  readonly count: number;
}

/** What a scan could not read, each with the reason: a scan never leaves something out silently. */
export function SkippedItems({ scanId, count }: SkippedItemsProps): React.JSX.Element {
  const { t, tn } = useTexts();
  const { data, error, refetch } = useQuery(skippedQuery(scanId));
  return (
    <Panel title={tn('scan.skippedCount', count)} note={t('scan.skippedNote')} isFlush>
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {data ? (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('scan.skippedItem')}</th>
              <th scope="col">{t('scan.skippedReason')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ item, code, reason }) => (
              <tr key={`${item} ${code}`}>
                <td className="code">{item}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <Skeleton h={90} radius={0} />
      )}
    </Panel>
  );
}
