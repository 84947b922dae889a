import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { triageFindings } from '../../api/findings.ts';
import type { Finding, TriageDecision } from '../../api/types.ts';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';

/** One decision about one or more findings. */
export interface TriageOrder {
  readonly findings: readonly Finding[];
  readonly decision: TriageDecision;
}

/** Sends decisions, says so, and refreshes everything that counts findings. */
export function useTriage(): UseMutationResult<unknown, Error, TriageOrder> {
  const { t, format } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ findings, decision }: TriageOrder) =>
      triageFindings(
        findings.map(({ id }) => id),
        decision,
      ),
    onSuccess: async (_, { findings, decision }) => {
      const key = findings.length === 1 ? 'triage.done_one' : 'triage.done_other';
      notify(t(key, { count: format.number(findings.length), status: t(`triage.${decision.status}`) }));
      await Promise.all(
        ['findings', 'overview', 'scans', 'scan'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      );
    },
  });
}
