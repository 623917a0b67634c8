import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom } from './api/client';
import { forgetEverything, invalidate } from './api/resource';
import { expired, sessionBegan, signedOut, type Role } from './session';
import { Field } from './ui/controls';
import { ProblemNote } from './ui/states';

export async function signOut() {
  await answer(client.DELETE('/api/v1/session'));
  signedOut();
  forgetEverything();
}

/** In place of the page: after signing in the reader is where the address says. */
export function SignIn() {
  return (
    <main class="sign-in">
      <SignInForm />
    </main>
  );
}

/** Over the page, when a session ends while it is open. What was typed stays; the backdrop hides the figures. */
export function SignInAgain() {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    dialog.querySelector('input')?.focus();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={element} class="sign-in again" aria-label="Sign in again" onCancel={event => event.preventDefault()}>
      <SignInForm />
    </dialog>
  );
}

function SignInForm() {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const isAgain = expired.value;
  const signIn = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { data } = await answer(client.POST('/api/v1/session', { body: { key } }));
      if (!isAgain) forgetEverything();
      sessionBegan(data.role as Role);
      invalidate(() => true);
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void signIn();
      }}
    >
      <img src="/favicon.svg" alt="" width="48" height="48" />
      <h1>PnlPipeline</h1>
      <p class="hint">{isAgain ? 'Your session has expired. Sign in to continue where you left off; nothing you entered is lost.' : 'What your trading signals are really worth.'}</p>
      <Field label="Key" error={problem?.of('key')} hint="Viewer keys are read-only; admin keys can edit. ./run prints both.">
        {tie => (
          <input
            {...tie}
            type="password"
            name="key"
            autocomplete="current-password"
            required
            autofocus
            value={key}
            onInput={event => setKey(event.currentTarget.value.trim())}
          />
        )}
      </Field>
      {problem && <ProblemNote problem={problem} fields={['key']} />}
      <button type="submit" class="button primary" disabled={busy || !key}>
        Sign in
      </button>
      {isAgain && (
        <button type="button" class="button ghost" onClick={signedOut}>
          Sign out instead
        </button>
      )}
    </form>
  );
}
