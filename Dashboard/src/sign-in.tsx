import { useState } from 'preact/hooks';
import { answer, client } from './api/client';
import { problemFrom, type Problem } from './api/problem';
import { forgetEverything } from './api/resource';
import { sessionBegan, signInReason, type Role } from './session';
import { Field } from './ui/controls';
import { ProblemNote } from './ui/states';

/** Stands where the room would: whoever signs in is where he wanted to be. */
export function SignIn() {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const signIn = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { data } = await answer(client.POST('/api/v1/session', { body: { key } }));
      forgetEverything();
      sessionBegan(data.role as Role);
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form
        onSubmit={event => {
          event.preventDefault();
          void signIn();
        }}
      >
        <img src="/favicon.svg" alt="" width="48" height="48" />
        <h1>PnlPipeline</h1>
        <p class="hint">{signInReason.value || 'What your signals are really worth.'}</p>
        <Field label="Key" error={problem?.of('key')} hint="A viewer’s key reads, an admin’s also changes. ./run prints both.">
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
      </form>
    </main>
  );
}
