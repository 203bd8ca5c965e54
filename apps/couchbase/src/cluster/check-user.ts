import { readRole, roleText, type Role } from '../auth/roles.ts';
import { maxRoles, maxText, maxUsers, type Group, type UserChange } from '../auth/users.ts';
import type { Cluster } from './cluster.ts';
import type { Checked } from './form-values.ts';

/*
 * Input of user management. Rules and words: ns_server, menelaus_web_rbac.erl (7.x). Groups, which its Community Edition does not have,
 * are taken.
 */

/** Name of a user or a group. @param what `Username`, `Group name`. @returns the reason, undefined when it is one */
export function checkId(what: string, id: string): string | undefined {
  if (id === '') return `${what} must not be empty`;
  if (id.length > 128) return `${what} may not exceed 128 characters`;
  if (id.startsWith('@')) return `${what} cannot start with '@'`;
  if (/^[^\s\p{Cc}()<>,;:\\"/[\]?={}]+$/u.test(id)) return undefined;
  return `${what} must not contain spaces, control or any of ()<>,;:\\"/[]?={} characters and must be valid utf8`;
}

/** Reason why this is no password, if it is none. */
export function checkPasswordText(password: string): string | undefined {
  if (password.length < 6) return 'The password must be at least 6 characters long.';
  return /\p{Cc}/u.test(password) ? 'The password must not contain control characters' : undefined;
}

/** A form that makes or changes the user `id`. */
export function checkUser(cluster: Cluster, form: URLSearchParams, id: string): Checked<UserChange> {
  const problems: Record<string, string> = {};
  const { users } = cluster;
  const exists = users.user(id) !== undefined;
  const password = form.get('password');
  const wrongPassword = password === null ? undefined : checkPasswordText(password);
  if (wrongPassword !== undefined) problems['password'] = wrongPassword;
  else if (password === null && !exists) problems['password'] = 'Password is required for new user.';
  if (!exists && users.users.length >= maxUsers) problems['_'] = `You cannot create more than ${maxUsers} users.`;
  const roles = checkRoles(cluster, form.get('roles') ?? '', 'user');
  if ('problems' in roles) Object.assign(problems, roles.problems);
  const groups = form.has('groups') ? listOf(form.get('groups') ?? '') : undefined;
  const missing = groups?.filter((group) => users.group(group) === undefined) ?? [];
  if (missing.length > 0) problems['groups'] = `Groups do not exist: ${missing.join(',')}`;
  Object.assign(
    problems,
    longTexts(form, ['name', 'password']),
    unknownFields(form, ['name', 'password', 'roles', 'groups']),
  );
  if ('problems' in roles || Object.keys(problems).length > 0) return { problems };
  const fullName = form.get('name');
  return {
    value: {
      roles: roles.value,
      ...(fullName !== null && { fullName }),
      ...(password !== null && { password }),
      ...(groups !== undefined && { groups }),
    },
  };
}

/** A form that makes or changes the group `id`. */
export function checkGroup(cluster: Cluster, form: URLSearchParams, id: string): Checked<Group> {
  const problems: Record<string, string> = {};
  const { users } = cluster;
  if (users.group(id) === undefined && users.groups.length >= maxUsers)
    problems['_'] = `You cannot create more than ${maxUsers} groups.`;
  const roles = checkRoles(cluster, form.get('roles') ?? '', 'group');
  Object.assign(
    problems,
    longTexts(form, ['description', 'ldap_group_ref']),
    unknownFields(form, ['description', 'roles', 'ldap_group_ref']),
  );
  if ('problems' in roles || Object.keys(problems).length > 0)
    return { problems: { ...problems, ...('problems' in roles && roles.problems) } };
  const description = form.get('description') ?? '';
  return { value: { id, description, ldapReference: form.get('ldap_group_ref') ?? '', roles: roles.value } };
}

/** `roles=admin,data_reader[default:scope:collection]`; buckets that are named must be there. */
function checkRoles(cluster: Cluster, text: string, whose: 'user' | 'group'): Checked<readonly Role[]> {
  const written = listOf(text);
  if (written.length > maxRoles) return { problems: { roles: `At most ${maxRoles} roles can be assigned.` } };
  const roles = written.map((one) => {
    const role = one.length > maxText ? undefined : readRole(one);
    const bucket = role?.within.bucket;
    return bucket === undefined || cluster.bucket(bucket) !== undefined ? role : undefined;
  });
  const wrong = written.filter((_, index) => roles[index] === undefined);
  if (wrong.length > 0) {
    const cause = 'because the following roles are unknown, malformed or role parameters are undefined';
    return { problems: { roles: `Cannot assign roles to ${whose} ${cause}: [${wrong.join(',')}]` } };
  }
  const unique = new Map(roles.filter((role) => role !== undefined).map((role) => [roleText(role), role] as const));
  return { value: [...unique.values()] };
}

/** What stands between commas, each once. */
function listOf(text: string): string[] {
  const all = text.split(',').map((one) => one.trim());
  return [...new Set(all.filter((one) => one !== ''))];
}

function longTexts(form: URLSearchParams, fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields
      .filter((field) => (form.get(field)?.length ?? 0) > maxText)
      .map((field) => [field, `may not exceed ${maxText} characters`]),
  );
}

function unknownFields(form: URLSearchParams, known: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...form.keys()].filter((field) => !known.includes(field)).map((field) => [field, 'Unsupported key']),
  );
}
