import { expect, it } from 'vitest';
import { sessionCookie, sessionId } from '#scenarios/harness/probes/page.ts';

it('reads the session from the cookie express-session sends', () => {
  const header = ['theme=dark; Path=/', 'connect.sid=s%3AaB-_9.sig%2Fna+ture%3D; Path=/; HttpOnly; SameSite=Lax'];
  const cookie = sessionCookie(header);
  expect(cookie).toBe('connect.sid=s%3AaB-_9.sig%2Fna+ture%3D');
  expect(sessionId(cookie ?? '')).toBe('aB-_9');
});

it('without a session cookie there is none; an unsigned one is its own id', () => {
  expect(sessionCookie(['theme=dark'])).toBeUndefined();
  expect(sessionCookie([])).toBeUndefined();
  expect(sessionId('connect.sid=plain')).toBe('plain');
});
