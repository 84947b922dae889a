import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { skippedQuery } from '../../api/scans.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { useServerWords } from '../../i18n/use-server-words.ts';

/** Properties of {@link SkippedItems}. */
export interface SkippedItemsProps {
  readonly scanId: string;
  readonly count: number;
}

/** What a scan could not read, each with the reason: a scan never leaves something out silently. */
export function SkippedItems({ scanId, count }: SkippedItemsProps): React.JSX.Element {
  const { t, tn } = useTexts();
  const words = useServerWords();
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
                <td title={reason}>{words.skip(code, reason)}</td>
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
