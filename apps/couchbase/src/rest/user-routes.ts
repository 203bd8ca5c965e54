import { checkGroup, checkId, checkPasswordText, checkUser } from '../cluster/check-user.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { formOf, refuse, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { assignableRoles, groupJson, roleJson, userJson } from './user-json.ts';

const reading = { area: 'security', to: 'read' } as const;
const writing = { area: 'security', to: 'write' } as const;

/** Users, groups and roles (/settings/rbac), and what somebody may do for themselves. Statuses and words: menelaus_web_rbac.erl. */
export function userRoutes(cluster: Cluster): Route[] {
  return [...localUserRoutes(cluster), ...groupRoutes(cluster), ...ownRoutes(cluster)];
}

function localUserRoutes(cluster: Cluster): Route[] {
  const { users } = cluster;
  const one = /^\/settings\/rbac\/users\/([^/]+)\/([^/]+)$/u;
  const all = () => shown(users.users.map((user) => userJson(users, user)));
  return [
    { method: 'GET', pattern: /^\/settings\/rbac\/roles$/u, needs: reading, handle: () => shown(assignableRoles()) },
    { method: 'GET', pattern: /^\/settings\/rbac\/users$/u, needs: reading, handle: all },
    {
      method: 'GET',
      pattern: /^\/settings\/rbac\/users\/([^/]+)$/u,
      needs: reading,
      handle: (_, [domain = '']) => (domain === 'external' ? shown([]) : inDomain(domain, all)),
    },
    {
      method: 'GET',
      pattern: one,
      needs: reading,
      handle: (_, [domain = '', id = '']) =>
        inDomain(domain, () => {
          const found = domain === 'local' ? users.user(id) : undefined;
          return found === undefined ? missing('Unknown user.') : shown(userJson(users, found));
        }),
    },
    {
      method: 'PUT',
      pattern: one,
      needs: writing,
      handle: (request, [domain = '', id = '']) => inDomain(domain, () => putUser(cluster, domain, id, request)),
    },
    {
      method: 'DELETE',
      pattern: one,
      needs: writing,
      handle: (_, [domain = '', id = '']) =>
        inDomain(domain, () =>
          domain === 'local' && users.deleteUser(id) ? shown('') : missing('User was not found.'),
        ),
    },
  ];
}

function groupRoutes(cluster: Cluster): Route[] {
  const { users } = cluster;
  const one = /^\/settings\/rbac\/groups\/([^/]+)$/u;
  return [
    {
      method: 'GET',
      pattern: /^\/settings\/rbac\/groups$/u,
      needs: reading,
      handle: () => shown(users.groups.map((group) => groupJson(group))),
    },
    {
      method: 'GET',
      pattern: one,
      needs: reading,
      handle: (_, [id = '']) => {
        const found = users.group(id);
        return found === undefined ? missing('Unknown group.') : shown(groupJson(found));
      },
    },
    { method: 'PUT', pattern: one, needs: writing, handle: (request, [id = '']) => putGroup(cluster, id, request) },
    {
      method: 'DELETE',
      pattern: one,
      needs: writing,
      handle: (_, [id = '']) => (users.deleteGroup(id) ? shown('') : missing('Group was not found.')),
    },
  ];
}

function ownRoutes(cluster: Cluster): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/whoami$/u,
      needs: 'somebody',
      handle: (request) => shown(whoAmI(cluster, request)),
    },
    {
      method: 'POST',
      pattern: /^\/controller\/changePassword$/u,
      needs: 'somebody',
      handle: (request) => changePassword(cluster, request),
    },
  ];
}

function shown(json: unknown): RestResponse {
  return { status: 200, json };
}

function missing(text: string): RestResponse {
  return { status: 404, json: text };
}

/** `local` users have their password here; `external` ones would have it elsewhere, and there are none. */
function inDomain(domain: string, handle: () => RestResponse): RestResponse {
  return domain === 'local' || domain === 'external' ? handle() : missing('Unknown user domain.');
}

function putUser(cluster: Cluster, domain: string, id: string, request: RestRequest): RestResponse {
  if (domain !== 'local') return { status: 400, text: 'This http API endpoint requires enterprise edition' };
  const wrongId = checkId('Username', id);
  if (wrongId !== undefined) return refuse({ _: wrongId });
  const checked = checkUser(cluster, formOf(request), id);
  if ('problems' in checked) return refuse(checked.problems);
  cluster.users.putUser(id, checked.value);
  return shown('');
}

function putGroup(cluster: Cluster, id: string, request: RestRequest): RestResponse {
  const wrongId = checkId('Group name', id);
  if (wrongId !== undefined) return refuse({ _: wrongId });
  const checked = checkGroup(cluster, formOf(request), id);
  if ('problems' in checked) return refuse(checked.problems);
  cluster.users.putGroup(checked.value);
  return shown('');
}

function whoAmI({ users }: Cluster, { caller }: RestRequest) {
  const user = caller.kind === 'user' ? users.user(caller.name) : undefined;
  if (user !== undefined) return userJson(users, user);
  if (caller.kind === 'administrator') return { id: caller.name, domain: 'admin', roles: [{ role: 'admin' }] };
  if (caller.kind !== 'bucket') return { id: '', domain: 'anonymous', roles: [] };
  const bucket = { bucket: caller.name, scope: undefined, collection: undefined };
  return { id: caller.name, domain: 'bucket', roles: [roleJson({ role: 'bucket_full_access', within: bucket })] };
}

function changePassword(cluster: Cluster, request: RestRequest): RestResponse {
  const { caller } = request;
  const password = formOf(request).get('password');
  if (password === null) return refuse({ password: 'The value must be supplied' });
  const wrong = checkPasswordText(password);
  if (wrong !== undefined) return refuse({ password: wrong });
  const user = caller.kind === 'user' ? cluster.users.user(caller.name) : undefined;
  if (caller.kind === 'administrator') cluster.setAdministrator(caller.name, password);
  else if (user !== undefined) cluster.users.putUser(user.id, { roles: user.roles, password });
  else return missing('Changing of password is not allowed for this user.');
  return { status: 200, text: '' };
}
