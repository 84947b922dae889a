import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import './theme/library.css';
import { healthQuery } from './api/health.ts';
import { ApiProblem } from './api/problem.ts';
import { request } from './api/request.ts';
import { SessionContext } from './api/session-context.ts';
import type { Me } from './api/types.ts';
import { ConfirmIdentity } from './components/confirm-identity.tsx';
import { Toaster } from './components/toaster.tsx';
import { TextsProvider } from './i18n/texts.tsx';
import { createAppRouter } from './router.ts';
import { createColorSchemeManager } from './theme/color-scheme.ts';
import { resolveCssVariables, theme } from './theme/theme.ts';

const attempts = 3;

function createClient(onFactorDue: () => void): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (error instanceof ApiProblem && error.problem.code === 'SECOND_FACTOR_DUE') onFactorDue();
        // Whether this is one page's trouble or the whole server's shows in the banner at once.
        if (error instanceof ApiProblem && error.isTemporary && queryKey[0] !== healthQuery.queryKey[0])
          void client.invalidateQueries({ queryKey: healthQuery.queryKey });
      },
    }),
    defaultOptions: {
      // The server may run on this very machine: being offline says nothing about reaching it.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 5000,
        retry: (count, error) => error instanceof ApiProblem && error.isTemporary && count < attempts,
      },
    },
  });
  return client;
}

const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

/** The application of a signed-in person. */
export function App({ me, onSignedOut }: { readonly me: Me; readonly onSignedOut: () => void }): React.JSX.Element {
  const [router] = useState(createAppRouter);
  // Nothing else is open to who has to set a second factor up.
  const [client] = useState(() => createClient(() => void router.navigate({ to: '/account' })));
  const [colorSchemeManager] = useState(createColorSchemeManager);

  const session = useMemo(
    () => ({
      me,
      leave: async (): Promise<void> => {
        await request('/api/auth/logout', { method: 'POST' });
        client.clear();
        onSignedOut();
      },
    }),
    [me, client, onSignedOut],
  );

  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveCssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      deduplicateCssVariables={false}
      deduplicateInlineStyles
    >
      <QueryClientProvider client={client}>
        <SessionContext value={session}>
          <TextsProvider>
            <Toaster>
              <RouterProvider router={router} />
              <ConfirmIdentity />
            </Toaster>
          </TextsProvider>
        </SessionContext>
      </QueryClientProvider>
    </MantineProvider>
  );
}
