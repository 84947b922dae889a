import { createContext, useCallback, useContext, useMemo, useRef, useState } from 'react';
import styles from './toaster.module.css';

/** Shows a short message for a few seconds; a failure stays longer. */
export type Notify = (text: string, kind?: 'done' | 'failed') => void;

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
}

const NotifyContext = createContext<Notify>(() => undefined);
const shownMs = { done: 4000, failed: 9000 } as const;

/** Holds the messages of the whole application in one live region, so a screen reader hears each once. */
export function Toaster({ children }: { readonly children: React.ReactNode }): React.JSX.Element {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(1);

  const notify = useCallback<Notify>((text, kind = 'done') => {
    const id = nextId.current;
    nextId.current += 1;
    setToasts((now) => [...now.slice(-2), { id, text, kind }]);
    setTimeout(() => setToasts((now) => now.filter((toast) => toast.id !== id)), shownMs[kind]);
  }, []);

  const list = useMemo(
    () =>
      toasts.map(({ id, text, kind }) => (
        <p key={id} className={kind === 'done' ? styles.toast : styles.failed}>
          {text}
        </p>
      )),
    [toasts],
  );

  return (
    <NotifyContext value={notify}>
      {children}
      <div className={styles.region} role="status" aria-live="polite">
        {list}
      </div>
    </NotifyContext>
  );
}

/** The function that shows a short message. */
export function useNotify(): Notify {
  return useContext(NotifyContext);
}
