import { useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { ApiProblem } from '../../api/problem.ts';
import { request } from '../../api/request.ts';
import { BrandMark } from '../../components/brand-mark.tsx';
import { useEntryTranslator } from '../../i18n/entry-translate.ts';
import { LanguageChoice } from './language-choice.tsx';
import styles from './sign-in.module.css';

/** Why the person sees this page again; `undefined` on a first visit. */
export type SignedOutReason = 'ended' | 'left' | undefined;

/** Properties of {@link SignInPage}. */
export interface SignInPageProps {
  readonly reason: SignedOutReason;
  readonly onSignedIn: () => void;
}

/** E-mail and password; part of the first bundle, so it uses plain elements instead of the component library. */
export function SignInPage({ reason, onSignedIn }: SignInPageProps): React.JSX.Element {
  const { t } = useEntryTranslator();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [isRevealed, setRevealed] = useState(false);
  const [hasCapsLock, setCapsLock] = useState(false);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<string>();
  const [needsCode, setNeedsCode] = useState(false);

  const focusField = (name: string): void => form.current?.querySelector<HTMLInputElement>(`[name=${name}]`)?.focus();

  function explain(error: unknown): string {
    if (!(error instanceof ApiProblem)) return t('entry.unreachable');
    const { status, code, detail, title, hint, retryAfterSeconds } = error.problem;
    if (code === 'SECOND_FACTOR_NEEDED') return t('entry.codeNeeded');
    if (code === 'SECOND_FACTOR_WRONG') return t('entry.codeWrong');
    if (status === 429) return t('entry.throttled', { seconds: retryAfterSeconds ?? 60 });
    if (status === 401 || status === 400) return t('entry.rejected');
    if (status === 0) return t('entry.unreachable');
    return [detail ?? title, hint].filter(Boolean).join(' ');
  }

  async function signIn(): Promise<void> {
    const values = new FormData(form.current ?? undefined);
    const [email, password, code] = ['email', 'password', 'code'].map((name) => {
      const value = values.get(name);
      return typeof value === 'string' ? value : '';
    });
    const empty = [...(email ? [] : ['email']), ...(password ? [] : ['password'])];
    setMissing(empty);
    setFailure(undefined);
    if (empty[0]) return focusField(empty[0]);
    setBusy(true);
    try {
      await request('/api/auth/login', { method: 'POST', body: { email, password, ...(code ? { code } : {}) } });
      onSignedIn();
    } catch (error) {
      const isForCode = error instanceof ApiProblem && error.problem.code.startsWith('SECOND_FACTOR_');
      if (isForCode) flushSync(() => setNeedsCode(true));
      setFailure(explain(error));
      setBusy(false);
      focusField(isForCode ? 'code' : 'password');
    }
  }

  const watchCapsLock = (event: React.KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'));
  const notice = reason === 'ended' ? t('entry.ended') : reason === 'left' ? t('entry.signedOut') : undefined;

  return (
    <div className={styles.page}>
      <title>{`${t('entry.title')} · DataGuardian Pro`}</title>
      <main className={styles.main}>
        <div className={styles.brand}>
          <BrandMark size={34} />
          DataGuardian Pro
        </div>
        <p className={styles.lead}>{t('entry.lead')}</p>
        <div className={styles.card}>
          <h1 className={styles.title}>{t('entry.title')}</h1>
          {notice && !failure ? (
            <p className={styles.notice} role="status">
              {notice}
            </p>
          ) : undefined}
          <div aria-live="assertive">{failure ? <p className={styles.alert}>{failure}</p> : undefined}</div>
          <form
            ref={form}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!isBusy) void signIn();
            }}
          >
            <div className={styles.field}>
              <label className={styles.label} htmlFor={`${id}-email`}>
                {t('entry.email')}
              </label>
              <input
                className={styles.input}
                id={`${id}-email`}
                name="email"
                type="email"
                autoComplete="username"
                autoFocus
                aria-invalid={missing.includes('email')}
                aria-describedby={`${id}-email-note`}
              />
              <p className={styles.note} id={`${id}-email-note`} hidden={!missing.includes('email')}>
                {t('entry.emailMissing')}
              </p>
            </div>
            <div className={styles.field}>
              <label className={styles.label} htmlFor={`${id}-password`}>
                {t('entry.password')}
              </label>
              <span className={styles.control}>
                <input
                  className={`${styles.input} ${styles.secret}`}
                  id={`${id}-password`}
                  name="password"
                  type={isRevealed ? 'text' : 'password'}
                  autoComplete="current-password"
                  onKeyUp={watchCapsLock}
                  aria-invalid={missing.includes('password')}
                  aria-describedby={`${id}-password-note`}
                />
                <button
                  type="button"
                  className={styles.reveal}
                  aria-label={isRevealed ? t('entry.hidePassword') : t('entry.showPassword')}
                  onClick={() => setRevealed(!isRevealed)}
                >
                  {isRevealed ? t('entry.hide') : t('entry.show')}
                </button>
              </span>
              <p
                className={styles.note}
                id={`${id}-password-note`}
                hidden={!missing.includes('password') && !hasCapsLock}
              >
                {missing.includes('password') ? t('entry.passwordMissing') : t('entry.capsLock')}
              </p>
            </div>
            {needsCode ? (
              <div className={styles.field}>
                <label className={styles.label} htmlFor={`${id}-code`}>
                  {t('entry.code')}
                </label>
                <input className={styles.input} id={`${id}-code`} name="code" autoComplete="one-time-code" />
              </div>
            ) : undefined}
            <button type="submit" className={styles.submit} aria-disabled={isBusy}>
              {isBusy ? t('entry.busy') : t('entry.submit')}
            </button>
          </form>
        </div>
        <details className={styles.first}>
          <summary>{t('entry.firstRunTitle')}</summary>
          <p>{t('entry.firstRun')}</p>
        </details>
      </main>
      <footer className={styles.foot}>
        <span>{t('entry.local')}</span>
        <LanguageChoice />
      </footer>
    </div>
  );
}
