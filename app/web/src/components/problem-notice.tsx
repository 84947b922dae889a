import { Alert, Button } from '@mantine/core';
import { ApiProblem } from '../api/problem.ts';
import { useTexts } from '../i18n/texts.tsx';
import { useServerWords } from '../i18n/use-server-words.ts';

/** Properties of {@link ProblemNotice}. */
export interface ProblemNoticeProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong and what to do about it, from the server's problem document when there is one. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps): React.JSX.Element {
  const { t } = useTexts();
  const words = useServerWords();
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  const isUnreachable = problem?.status === 0;
  const known = problem && words.problem(problem);
  const title = isUnreachable ? t('problem.unreachable') : (known?.title ?? t('problem.unexpected'));
  return (
    <Alert color="crimson" variant="light" title={title} role="alert">
      {isUnreachable ? t('problem.unreachableHint') : known?.text}
      {problem?.errors ? (
        <ul>
          {problem.errors.map(({ field, message }) => (
            <li key={field}>{`${field}: ${message}`}</li>
          ))}
        </ul>
      ) : undefined}
      {onRetry ? (
        <div>
          <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
            {t('problem.retry')}
          </Button>
        </div>
      ) : undefined}
    </Alert>
  );
}
