import { describe, expect, test } from 'vitest';
import { allows, type Area, type Permission } from '#apps/couchbase/src/auth/permission.ts';
import { grantsOf, readRole, roleDefinitions, roleText } from '#apps/couchbase/src/auth/roles.ts';

test.each([
  ['admin', 'admin'],
  ['ADMIN', 'admin'],
  ['bucket_full_access[pets]', 'bucket_full_access[pets]'],
  ['bucket_full_access[*]', 'bucket_full_access[*]'],
  ['data_reader[pets]', 'data_reader[pets]'],
  ['data_reader[pets:*]', 'data_reader[pets]'],
  ['data_reader[pets:shop:dogs]', 'data_reader[pets:shop:dogs]'],
  ['scope_admin[pets:shop]', 'scope_admin[pets:shop]'],
])('%s is the role %s', (text, written) => {
  const role = readRole(text);
  expect(role === undefined ? undefined : roleText(role)).toBe(written);
});

test.each([
  'king',
  'admin[pets]',
  'bucket_full_access',
  'bucket_full_access[]',
  'bucket_full_access[pets:shop]',
  'data_reader[pets:shop:dogs:small]',
  'data_reader[*:shop]',
  'data_reader[pets:*:dogs]',
  'data_reader[pets::dogs]',
  'data_reader[pets',
  'data_reader pets',
  '',
])('%o is no role', (text) => expect(readRole(text)).toBeUndefined());

const can = (text: string, permission: Permission) => {
  const role = readRole(text);
  if (role === undefined) throw new Error(`${text} is no role`);
  return allows(grantsOf(role), permission);
};

describe('what a role permits', () => {
  test.each([
    ['admin', { area: 'security', to: 'write' }, true],
    ['admin', { area: 'data', to: 'write', bucket: 'pets' }, true],
    ['ro_admin', { area: 'cluster', to: 'read' }, true],
    ['ro_admin', { area: 'cluster', to: 'write' }, false],
    ['ro_admin', { area: 'data', to: 'read', bucket: 'pets' }, false],
    ['cluster_admin', { area: 'settings', to: 'write', bucket: 'pets' }, true],
    ['cluster_admin', { area: 'security', to: 'read' }, false],
    ['cluster_admin', { area: 'data', to: 'read', bucket: 'pets' }, false],
    ['bucket_admin[pets]', { area: 'settings', to: 'write', bucket: 'pets' }, true],
    ['bucket_admin[pets]', { area: 'settings', to: 'write', bucket: 'cars' }, false],
    ['bucket_full_access[pets]', { area: 'data', to: 'write', bucket: 'pets' }, true],
    ['bucket_full_access[pets]', { area: 'data', to: 'read', bucket: 'cars' }, false],
    ['bucket_full_access[*]', { area: 'data', to: 'read', bucket: 'cars' }, true],
    ['bucket_full_access[pets]', { area: 'settings', to: 'write', bucket: 'pets' }, false],
    ['bucket_full_access[pets]', { area: 'pools', to: 'read' }, true],
    ['data_reader[pets:shop]', { area: 'data', to: 'read', bucket: 'pets', scope: 'shop', collection: 'dogs' }, true],
    ['data_reader[pets:shop]', { area: 'data', to: 'read', bucket: 'pets', scope: 'home', collection: 'dogs' }, false],
    ['data_reader[pets:shop]', { area: 'data', to: 'write', bucket: 'pets', scope: 'shop' }, false],
    ['data_writer[pets:s:c]', { area: 'data', to: 'write', bucket: 'pets', scope: 's', collection: 'c' }, true],
    ['data_writer[pets:s:c]', { area: 'data', to: 'write', bucket: 'pets', scope: 's', collection: 'd' }, false],
    ['views_reader[pets]', { area: 'views', to: 'write', bucket: 'pets' }, false],
  ] as [string, Permission, boolean][])('%s: %o is %s', (role, permission, expected) => {
    expect(can(role, permission)).toBe(expected);
  });

  test('nobody but the full administrator changes users', () => {
    const everywhere = roleDefinitions.map(({ role, parameters }) => (parameters.length === 0 ? role : `${role}[*]`));
    const holders = (area: Area) => everywhere.filter((role) => can(role, { area, to: 'write' }));
    expect(holders('security')).toEqual(['admin']);
    expect(holders('cluster')).toEqual(['admin', 'cluster_admin']);
  });
});
