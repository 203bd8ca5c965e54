import { definitionOf, roleDefinitions, roleText, type Role } from '../auth/roles.ts';
import type { Group, User, Users } from '../auth/users.ts';

/** A user as /settings/rbac/users shows one: roles with where each comes from. SDKs abort on a missing or mistyped field. */
export function userJson(users: Users, user: User) {
  const ofGroups = user.groups.flatMap((name) =>
    (users.group(name)?.roles ?? []).map((role) => ({ role, origin: { type: 'group', name } })),
  );
  const all = [...user.roles.map((role) => ({ role, origin: { type: 'user' } })), ...ofGroups];
  const distinct = new Map(all.map(({ role }) => [roleText(role), role] as const));
  return {
    id: user.id,
    domain: 'local',
    roles: [...distinct].map(([text, role]) => ({
      ...roleJson(role),
      origins: all.filter((one) => roleText(one.role) === text).map(({ origin }) => origin),
    })),
    groups: [...user.groups],
    external_groups: [],
    name: user.fullName,
    uuid: user.uuid,
    password_change_date: new Date(user.passwordChangedMs).toISOString(),
  };
}

/** A group as Couchbase's REST API shows it (GET /settings/rbac/groups). Pure. */
export function groupJson({ id, description, ldapReference, roles }: Group) {
  return { id, roles: roles.map((role) => roleJson(role)), ldap_group_ref: ldapReference, description };
}

/** A role with its parameters, `*` where it is for all. */
export function roleJson({ role, within }: Role): Readonly<Record<string, string>> {
  const given = { bucket_name: within.bucket, scope_name: within.scope, collection_name: within.collection };
  const parameters = definitionOf(role).parameters.map((name) => [name, given[name] ?? '*'] as const);
  return { role, ...Object.fromEntries(parameters) };
}

/** Every role that can be assigned, as /settings/rbac/roles lists them: once for all buckets. */
export function assignableRoles() {
  return roleDefinitions.map(({ role, parameters, title, description }) => ({
    role,
    ...Object.fromEntries(parameters.map((name) => [name, '*'] as const)),
    name: title,
    desc: description,
  }));
}
