import type { IgnitionConfig } from 'ignition-ts';
import { expect, test } from 'vitest';
import { usersBesideGroups } from '#provision/cluster/ignition/users-beside-groups.ts';

type Users = NonNullable<NonNullable<IgnitionConfig['passwd']>['users']>;
const made = (users: Users, groups: { name: string }[] = []) =>
  usersBesideGroups({ ignition: { version: '3.3.0' }, passwd: { users, groups } }).passwd?.users;

test.each(['operator', 'staff', 'docker', 'backup-group-of-mine', 'core'])('a user %s can be made', (name) => {
  const isGroup = ['operator', 'staff', 'docker'].includes(name);
  expect(made([{ name, groups: ['sudo'] }])).toEqual([
    { name, groups: ['sudo'], ...(isGroup ? { noUserGroup: true } : {}) },
  ]);
});

test('a group that the config itself makes is the group of the user of its name', () => {
  expect(made([{ name: 'deploy' }, { name: 'other' }], [{ name: 'deploy' }])).toEqual([
    { name: 'deploy', primaryGroup: 'deploy' },
    { name: 'other' },
  ]);
});

test('what the reader says of groups stays', () => {
  const users: Users = [
    { name: 'operator', primaryGroup: 'operator' },
    { name: 'staff', noUserGroup: true },
    { name: 'games', shouldExist: false },
  ];
  expect(made(users)).toEqual(users);
});

test('a config without users stays as it is', () => {
  const config: IgnitionConfig = { ignition: { version: '3.3.0' } };
  expect(usersBesideGroups(config)).toBe(config);
});
