import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { type TriageTarget, triageFindings } from '../../api/findings.ts';
import type { TriageDecision } from '../../api/types.ts';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';

/** One decision about one or more findings. */
export interface TriageOrder {
  readonly target: TriageTarget;
  readonly count: number;
  readonly decision: TriageDecision;
}

const touchedQueries = ['findings', 'overview', 'scans', 'scan'] as const;

/** Sends decisions, says so, and refreshes everything that counts findings. */
export function useTriage(): UseMutationResult<unknown, Error, TriageOrder> {
  const { t, format } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ target, decision }: TriageOrder) => triageFindings(target, decision),
    onSuccess: async (_, { count, decision }) => {
      const key = count === 1 ? 'triage.done_one' : 'triage.done_other';
      notify(t(key, { count: format.number(count), status: t(`triage.${decision.status}`) }));
      await Promise.all(touchedQueries.map((query) => queries.invalidateQueries({ queryKey: [query] })));
    },
  });
}
