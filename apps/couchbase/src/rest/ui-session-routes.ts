import { checkPassword } from '../auth/credentials.ts';
import { formOf, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import type { Guard } from './caller.ts';
import { isFromConsole, sessionCookie, sessionToken } from './ui-cookie.ts';

/** A form with a name and a password is no longer. */
const maxBodyBytes = 4096;

/** Signing in and out at the console. Statuses and bodies are ns_server's (menelaus_auth.erl). @param guard asked at each request */
export function uiSessionRoutes(guard: () => Guard): Route[] {
  return [
    {
      method: 'POST',
      pattern: /^\/uilogin$/u,
      open: true,
      maxBodyBytes,
      handle: (request) => signIn(guard(), request),
    },
    {
      method: 'POST',
      pattern: /^\/uilogout$/u,
      open: true,
      maxBodyBytes,
      handle: (request) => signOut(guard(), request),
    },
  ];
}

function signIn({ credentials, sessions }: Guard, request: RestRequest): RestResponse {
  const form = formOf(request);
  const isRight =
    credentials !== undefined && checkPassword(credentials, form.get('user') ?? '', form.get('password') ?? '');
  if (!isRight) return { status: 400, text: '' };
  const cookie = sessionCookie(request, sessions.open(credentials));
  return { status: 200, text: '', headers: { 'Set-Cookie': cookie } };
}

function signOut({ sessions }: Guard, request: RestRequest): RestResponse {
  const token = isFromConsole(request) ? sessionToken(request) : undefined;
  if (token === undefined) return { status: 400, text: '' };
  sessions.close(token);
  return { status: 200, text: '', headers: { 'Set-Cookie': sessionCookie(request) } };
}
