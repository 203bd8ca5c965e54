import { expect, it } from 'vitest';
import { Users } from '#apps/couchbase/src/auth/users.ts';

const nowMs = () => 1_700_000_000_000;

it('a follower that takes users over locks those out who are gone or have another password, and nobody else', () => {
  const leader = new Users(nowMs);
  for (const id of ['stays', 'changes', 'goes']) leader.putUser(id, { password: `${id} first`, roles: [] });
  const follower = new Users(nowMs);
  follower.restore(structuredClone(leader.state));
  const lockedOut: string[] = [];
  follower.onLockedOut((id) => lockedOut.push(id));

  leader.putUser('stays', { fullName: 'of another name', roles: [] });
  leader.putUser('changes', { password: 'second', roles: [] });
  leader.putUser('comes', { password: 'third', roles: [] });
  leader.deleteUser('goes');
  follower.replace(structuredClone(leader.state));
  expect(lockedOut.sort()).toEqual(['changes', 'goes']);
  expect(follower.users.map(({ id }) => id)).toEqual(['changes', 'comes', 'stays']);

  follower.replace(structuredClone(leader.state));
  expect(lockedOut).toHaveLength(2);
});
