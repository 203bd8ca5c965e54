import * as z from 'zod/mini';
import { formOf } from '../../form.ts';
import type { Outcome } from '../../outcome.ts';
import { failed, report, type Command, type CommandContext } from '../command.ts';

const actions = {
  delete: remove,
  list: (context: CommandContext) => print(context, '/settings/rbac/users'),
  'my-roles': (context: CommandContext) => print(context, '/whoami'),
  set,
  get,
  'get-group': (context: CommandContext) => withGroup(context, 'get-group', (path) => print(context, path)),
  'set-group': setGroup,
  'list-groups': (context: CommandContext) => print(context, '/settings/rbac/groups'),
  'delete-group': (context: CommandContext) =>
    withGroup(context, 'delete-group', (path, name) =>
      report(context.client.send('DELETE', path), `Group '${name}' was deleted`),
    ),
} as const;
type Action = keyof typeof actions;
const names = Object.keys(actions) as Action[];
const words = '--delete, --list, --my_roles, --set, --get, --get-group, --set-group, --list-groups or --delete-group';

/** user-manage of 7.x: users, groups and their roles. */
export const userManage: Command = {
  name: 'user-manage',
  description: 'Manage RBAC users',
  options: [
    ...names.map((name) => ({ name, takes: 'nothing' as const })),
    { name: 'rbac-username', takes: 'value' },
    { name: 'rbac-password', takes: 'value' },
    { name: 'rbac-name', takes: 'value' },
    { name: 'roles', takes: 'value' },
    { name: 'auth-domain', takes: 'value', choices: ['external', 'local'] },
    { name: 'user-groups', takes: 'value' },
    { name: 'group-name', takes: 'value' },
    { name: 'group-description', takes: 'value' },
    { name: 'ldap-ref', takes: 'value' },
  ],
  run: (context) => {
    const [first, ...more] = names.filter((name) => context.option(name) !== undefined);
    if (first === undefined) return Promise.resolve(failed([`Must specify ${words}`]));
    if (more.length > 0) return Promise.resolve(failed([`Only one of the following can be specified:${words}`]));
    return actions[first](context);
  },
};

export const userChangePassword: Command = {
  name: 'user-change-password',
  description: 'Change user password',
  options: [{ name: 'new-password', takes: 'value', required: true }],
  run: ({ client, option }) => {
    const form = formOf({ password: option('new-password') });
    return report(client.send('POST', '/controller/changePassword', form), `Changed password for ${client.user ?? ''}`);
  },
};

function userPath(domain: string, name: string): string {
  return `/settings/rbac/users/${domain}/${encodeURIComponent(name)}`;
}

function remove({ client, option }: CommandContext): Promise<Outcome> {
  const [name, domain] = [option('rbac-username'), option('auth-domain')];
  if (name === undefined) return needs('rbac-username', 'delete');
  if (domain === undefined) return needs('auth-domain', 'delete');
  return report(client.send('DELETE', userPath(domain, name)), `User '${name}' was removed`);
}

function set({ client, option }: CommandContext): Promise<Outcome> {
  const [name, domain] = [option('rbac-username'), option('auth-domain')];
  if (name === undefined) return needs('rbac-username', 'set');
  if (domain === undefined) return needs('auth-domain', 'set');
  const form = formOf({
    name: option('rbac-name'),
    password: domain === 'external' ? undefined : option('rbac-password'),
    roles: option('roles'),
    groups: option('user-groups'),
  });
  return report(client.send('PUT', userPath(domain, name), form), `User ${name} set`);
}

async function get({ client, option }: CommandContext): Promise<Outcome> {
  const name = option('rbac-username');
  if (name === undefined) return needs('rbac-username', 'get');
  const all = await client.get('/settings/rbac/users', z.array(z.looseObject({ id: z.string() })));
  if ('errors' in all) return failed(all.errors);
  const found = all.value.filter(({ id }) => id === name);
  return found.length === 0 ? failed([`no user ${name}`]) : { code: 0, lines: [JSON.stringify(found, null, 2)] };
}

function setGroup(context: CommandContext): Promise<Outcome> {
  const { client, option } = context;
  return withGroup(context, 'set-group', (path, name) => {
    const form = formOf({
      description: option('group-description'),
      roles: option('roles'),
      ldap_group_ref: option('ldap-ref'),
    });
    return report(client.send('PUT', path, form), `Group '${name}' set`);
  });
}

function withGroup(
  { option }: CommandContext,
  action: Action,
  then: (path: string, name: string) => Promise<Outcome>,
): Promise<Outcome> {
  const name = option('group-name');
  if (name === undefined) return needs('group-name', action);
  return then(`/settings/rbac/groups/${encodeURIComponent(name)}`, name);
}

function needs(what: string, action: Action): Promise<Outcome> {
  return Promise.resolve(failed([`--${what} is required with the --${action} option`]));
}

async function print({ client }: CommandContext, path: string): Promise<Outcome> {
  const answer = await client.get(path, z.unknown());
  if ('errors' in answer) return failed(answer.errors);
  return { code: 0, lines: [JSON.stringify(answer.value, null, 2)] };
}
