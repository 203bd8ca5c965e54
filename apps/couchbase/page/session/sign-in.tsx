import { useState, type SubmitEvent } from 'react';
import { ask, type RestError } from '../rest/ask.ts';
import type { Pools } from '../rest/shapes.ts';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/problem.tsx';
import { Door } from './door.tsx';

/** Asks for the administrator's name and password. @param onDone resolves when the console is there */
export function SignIn({ server, onDone }: { server: Pools; onDone: () => Promise<unknown> }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [isRefused, setRefused] = useState(false);
  const [error, setError] = useState<RestError>();
  const signIn = async () => {
    setRefused(false);
    setError(undefined);
    try {
      await ask('/uilogin', { method: 'POST', form: { user, password } });
      await onDone();
    } catch (problem) {
      const { status } = problem as RestError;
      if (status === 400) setRefused(true);
      else setError(problem as RestError);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void signIn();
  };
  return (
    <Door title="Sign in">
      <form onSubmit={submit}>
        <Field label="User name">
          {(ids) => (
            <input
              {...ids}
              name="user"
              autoComplete="username"
              required
              autoFocus
              value={user}
              onChange={(event) => setUser(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password" problem={isRefused ? 'The user name or the password is wrong.' : undefined}>
          {(ids) => (
            <input
              {...ids}
              name="password"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <p className="visually-hidden" role="alert">
          {isRefused ? 'The user name or the password is wrong.' : ''}
        </p>
        <Problem error={error} what="Not signed in." />
        <button type="submit" className="primary wide">
          Sign in
        </button>
      </form>
      <p className="hint">{server.implementationVersion}</p>
    </Door>
  );
}
