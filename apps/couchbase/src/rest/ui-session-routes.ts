import { checkPassword } from '../auth/credentials.ts';
import { formOf, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import type { Guard } from './caller.ts';
import { isFromConsole, sessionCookie, sessionToken } from './ui-cookie.ts';

/** A form with a name and a password is no longer. */
const maxBodyBytes = 4096;

/** Signing in and out at the console. Statuses and bodies are ns_server's (menelaus_auth.erl). */
export function uiSessionRoutes(guard: Guard): Route[] {
  return [
    {
      method: 'POST',
      pattern: /^\/uilogin$/u,
      open: true,
      maxBodyBytes,
      handle: (request) => signIn(guard, request),
    },
    {
      method: 'POST',
      pattern: /^\/uilogout$/u,
      open: true,
      maxBodyBytes,
      handle: (request) => signOut(guard, request),
    },
  ];
}

function signIn({ authority, sessions }: Guard, request: RestRequest): RestResponse {
  const form = formOf(request);
  const name = form.get('user') ?? '';
  const person = authority.person(name);
  if (person === undefined || !checkPassword(person.credentials, name, form.get('password') ?? ''))
    return { status: 400, text: '' };
  if (!authority.may(person.principal, { area: 'cluster', to: 'read' })) return noConsole;
  const cookie = sessionCookie(request, sessions.open(person.credentials));
  return { status: 200, text: '', headers: { 'Set-Cookie': cookie } };
}

/** The console shows the whole node: it is for administrators of whatever kind, not for an application's user. */
const noConsole: RestResponse = {
  status: 403,
  json: { message: 'Forbidden. User needs the following permissions', permissions: ['cluster.ui!read'] },
};

function signOut({ sessions }: Guard, request: RestRequest): RestResponse {
  const token = isFromConsole(request) ? sessionToken(request) : undefined;
  if (token === undefined) return { status: 400, text: '' };
  sessions.close(token);
  return { status: 200, text: '', headers: { 'Set-Cookie': sessionCookie(request) } };
}
