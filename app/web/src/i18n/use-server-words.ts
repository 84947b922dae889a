import { useQuery } from '@tanstack/react-query';
import type { ProblemDocument } from '../api/problem.ts';
import { useTexts } from './texts.tsx';

/** What a problem says, in the person's language. */
export interface ProblemWords {
  readonly title: string;
  readonly text: string;
}

/** Turns what the server says in English into the person's language, as far as the code is known. */
export interface ServerWords {
  problem(problem: ProblemDocument): ProblemWords;
  skip(code: string, reason: string): string;
  /** Why something was found. */
  finding(reason: string): string;
}

/** The server's words in the person's language; Dutch ones are fetched when first needed. */
export function useServerWords(): ServerWords {
  const { language } = useTexts();
  const { data: dutch } = useQuery({
    queryKey: ['server-words'],
    queryFn: async () => {
      const [server, reasons] = await Promise.all([
        import('./messages/nl/server.ts'),
        import('./messages/nl/reasons.ts'),
      ]);
      return { ...server, ...reasons };
    },
    enabled: language === 'nl',
    staleTime: Infinity,
  });
  const known = language === 'nl' ? dutch : undefined;
  return {
    problem: ({ code, title, detail, hint }) =>
      known?.problems[code] ?? { title, text: [detail, hint].filter(Boolean).join(' ') },
    skip: (code, reason) => known?.skips[code] ?? reason,
    finding: (reason) => known?.toDutchReason(reason) ?? reason,
  };
}
