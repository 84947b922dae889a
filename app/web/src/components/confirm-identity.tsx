import { lazy, Suspense, useEffect, useState } from 'react';
import { onProofNeeded } from '../api/request.ts';

const ConfirmDialog = lazy(() => import('./confirm-dialog.tsx').then((module) => ({ default: module.ConfirmDialog })));

/** Asks for the password again when the server wants it for what is sensitive; what was begun then goes on. */
export function ConfirmIdentity(): React.JSX.Element | undefined {
  const [settle, setSettle] = useState<(isProved: boolean) => void>();

  useEffect(() => onProofNeeded(() => new Promise((resolve) => setSettle(() => resolve))), []);

  if (settle === undefined) return undefined;
  return (
    <Suspense>
      <ConfirmDialog
        onEnd={(isProved) => {
          setSettle(undefined);
          settle(isProved);
        }}
      />
    </Suspense>
  );
}
