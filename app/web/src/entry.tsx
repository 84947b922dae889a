import { type ComponentType, useCallback, useEffect, useState } from 'react';
import type { Me } from './api/types.ts';
import { ApiProblem } from './api/problem.ts';
import { onSignedOut, request } from './api/request.ts';
import { LoadFailedPage, WaitingPage } from './pages/sign-in/waiting-page.tsx';
import { SignInPage, type SignedOutReason } from './pages/sign-in/sign-in-page.tsx';

type Stage =
  | { readonly at: 'asking' }
  | { readonly at: 'starting' }
  | { readonly at: 'failed' }
  | { readonly at: 'signIn'; readonly reason: SignedOutReason }
  | { readonly at: 'app'; readonly me: Me; readonly App: ComponentType<{ me: Me; onSignedOut: () => void }> };

const retryStartingMs = 1500;
const visitedKey = 'dataguardian.visited';

const loadApp = () => import('./app.tsx').then((module) => module.App);

/** Decides between the sign-in page and the application; the application's code is fetched only for those who are in. */
export function Entry(): React.JSX.Element | undefined {
  const [stage, setStage] = useState<Stage>({ at: 'asking' });

  const enter = useCallback(async (): Promise<void> => {
    // Who was signed in last time most likely still is: fetch the application while asking.
    if (localStorage.getItem(visitedKey)) void loadApp().catch(() => undefined);
    try {
      const me = await request<Me>('/api/me');
      localStorage.setItem(visitedKey, '1');
      setStage({ at: 'app', me, App: await loadApp() });
    } catch (error) {
      if (!(error instanceof ApiProblem)) setStage({ at: 'failed' });
      else if (error.isTemporary) setStage({ at: 'starting' });
      else setStage((now) => (now.at === 'signIn' ? now : { at: 'signIn', reason: undefined }));
    }
  }, []);

  useEffect(() => void enter(), [enter]);

  useEffect(() => {
    if (stage.at !== 'starting') return undefined;
    const timer = setInterval(() => void enter(), retryStartingMs);
    return () => clearInterval(timer);
  }, [stage.at, enter]);

  useEffect(
    () => onSignedOut(() => setStage((now) => (now.at === 'app' ? { at: 'signIn', reason: 'ended' } : now))),
    [],
  );

  useEffect(() => {
    if (stage.at !== 'signIn') return undefined;
    // Somebody is typing a password: time enough to fetch the application.
    const timer = setTimeout(() => void loadApp().catch(() => undefined), 800);
    return () => clearTimeout(timer);
  }, [stage.at]);

  switch (stage.at) {
    case 'asking':
      return undefined;
    case 'starting':
      return <WaitingPage />;
    case 'failed':
      return <LoadFailedPage />;
    case 'signIn':
      return <SignInPage reason={stage.reason} onSignedIn={() => void enter()} />;
    case 'app': {
      const { App, me } = stage;
      return (
        <App
          me={me}
          onSignedOut={() => {
            localStorage.removeItem(visitedKey);
            setStage({ at: 'signIn', reason: 'left' });
          }}
        />
      );
    }
  }
}
