import { expect, it } from 'vitest';
import { lackingControllers, wantedControllers } from '#provision/machines/cgroup/controllers.ts';

it('enables what labs want, and nothing else that the host has', () => {
  const host = ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma', 'misc'];
  expect(lackingControllers(host, ['cpu', 'memory', 'pids']).toSorted()).toEqual(['cpuset', 'io']);
  expect(lackingControllers(host, []).toSorted()).toEqual([...wantedControllers].toSorted());
  expect(lackingControllers(host, host)).toEqual([]);
});

it('asks for nothing that the host lacks (a hybrid host has its controllers in v1)', () => {
  expect(lackingControllers(['memory', 'pids'], ['memory'])).toEqual(['pids']);
  expect(lackingControllers([''], [''])).toEqual([]);
});
