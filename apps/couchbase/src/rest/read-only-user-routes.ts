import { everywhere } from '../auth/permission.ts';
import { checkId, checkPasswordText } from '../cluster/check-user.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { formOf, refuse, type RestRequest, type RestResponse, type Route } from './exchange.ts';

/**
 * The one read-only user that Couchbase had before roles (documentation 4.0, "Creating a read-only user"): here a user whose only role
 * is `ro_admin`.
 */
export function readOnlyUserRoutes(cluster: Cluster): Route[] {
  const needs = { area: 'security', to: 'write' } as const;
  const pattern = /^\/settings\/readOnlyUser$/u;
  const { users } = cluster;
  return [
    {
      method: 'GET',
      pattern: /^\/settings\/readOnlyAdminName$/u,
      needs: { area: 'security', to: 'read' },
      handle: () => {
        const id = readOnlyUser(cluster);
        return id === undefined ? notFound : { status: 200, json: id };
      },
    },
    { method: 'POST', pattern, needs, handle: (request) => create(cluster, request) },
    { method: 'PUT', pattern, needs, handle: (request) => setPassword(cluster, request) },
    {
      method: 'DELETE',
      pattern,
      needs,
      handle: () => {
        const id = readOnlyUser(cluster);
        return id !== undefined && users.deleteUser(id) ? ok : notFound;
      },
    },
  ];
}

const ok: RestResponse = { status: 200, text: '' };
const notFound: RestResponse = { status: 404, text: '' };
const roles = [{ role: 'ro_admin', within: everywhere }] as const;

function readOnlyUser({ users }: Cluster): string | undefined {
  return users.users.find((user) => user.roles.length === 1 && user.roles[0]?.role === 'ro_admin')?.id;
}

function create(cluster: Cluster, request: RestRequest): RestResponse {
  const form = formOf(request);
  const name = form.get('username') ?? '';
  const wrongName = checkId('Username', name);
  const wrongPassword = checkPasswordText(form.get('password') ?? '');
  if (wrongName !== undefined) return refuse({ username: wrongName });
  if (wrongPassword !== undefined) return refuse({ password: wrongPassword });
  if (name === cluster.credentials?.user) return refuse({ _: 'Read-only user cannot be same user as administrator' });
  const existing = readOnlyUser(cluster);
  if (existing !== undefined) return refuse({ _: 'Read-only user exists already' });
  if (request.query.get('just_validate') !== '1')
    cluster.users.putUser(name, { roles, password: form.get('password') ?? '' });
  return ok;
}

function setPassword(cluster: Cluster, request: RestRequest): RestResponse {
  const id = readOnlyUser(cluster);
  if (id === undefined) return notFound;
  const password = formOf(request).get('password') ?? '';
  const wrong = checkPasswordText(password);
  if (wrong !== undefined) return refuse({ password: wrong });
  cluster.users.putUser(id, { roles, password });
  return ok;
}
