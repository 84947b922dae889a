import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { scanQuery } from '../../api/scans.ts';
import type { Scan } from '../../api/types.ts';
import { type ScanStreamMessage, type StreamState, useScanStream } from '../../api/use-scan-stream.ts';
import { isScanActive } from '../../components/scan-status.tsx';
import { type ProgressSample, addSample } from './throughput.ts';

/** A scan and how it moves. */
export interface LiveScan {
  readonly scan: Scan | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
  readonly stream: StreamState;
  /** The last progress messages, for speed and time left. */
  readonly samples: readonly ProgressSample[];
}

const streamEvents = ['progress', 'findings', 'end'] as const;
const pollMs = 5000;

/** One scan, kept current by its event stream while it runs and by slow polling when the stream is lost. */
export function useLiveScan(id: string): LiveScan {
  const queries = useQueryClient();
  const [samples, setSamples] = useState<readonly ProgressSample[]>([]);
  const isEnded = useRef(false);
  const {
    data: scan,
    error,
    refetch,
  } = useQuery({
    ...scanQuery(id),
    refetchInterval: ({ state }) => (state.data && isScanActive(state.data.status) ? pollMs : false),
  });

  const onMessage = useCallback(
    ({ event, data }: ScanStreamMessage) => {
      if (event === 'findings') {
        // One list in flight at a time, however fast they arrive.
        void queries.invalidateQueries({ queryKey: ['findings', id] }, { cancelRefetch: false });
        return;
      }
      const part = data as Partial<Scan>;
      queries.setQueryData<Scan>(scanQuery(id).queryKey, (now) => now && { ...now, ...part });
      const { progress } = part;
      if (progress) setSamples((now) => addSample(now, { ...progress, at: performance.now() }));
      if (event === 'end' && !isEnded.current) {
        isEnded.current = true;
        for (const key of ['scan', 'scans', 'overview', 'findings', 'skipped'])
          void queries.invalidateQueries({ queryKey: [key] });
      }
    },
    [queries, id],
  );
  const isActive = scan !== undefined && isScanActive(scan.status);
  const stream = useScanStream(isActive ? `/api/scans/${id}/events` : undefined, streamEvents, onMessage);
  return { scan, error, refetch: () => void refetch(), stream, samples };
}
