import { expect, it } from 'vitest';
import { machineState } from '#provision/machines/vagrant/hypervisor.ts';
import { parseAddress, parseDomains, parseLease } from '#provision/machines/vagrant/libvirt/virsh.ts';

it('reads the domains of virsh list --all', () => {
  const text = ' 1    core-01   running\n 2    core-02   paused\n -    core-03   shut off\n -    core-04   crashed\n';
  expect([...parseDomains(text)]).toEqual([
    ['core-01', 'running'],
    ['core-02', 'paused'],
    ['core-03', 'shut off'],
    ['core-04', 'other'],
  ]);
  expect(parseDomains('\n').size).toBe(0);
});

it('a paused guest is a running machine, one that is defined and off a stopped one', () => {
  const states = ['running', 'paused', 'in shutdown', 'shut off', 'other', undefined] as const;
  expect(states.map(machineState)).toEqual(['running', 'running', 'stopping', 'stopped', 'stopped', 'absent']);
});

it('finds a guest by its MAC address in the leases, the newest one', () => {
  const leases = [
    ' Expiry Time           MAC address         Protocol   IP address           Hostname   Client ID or DUID',
    ' 2026-11-22 23:52:47   52:54:00:5b:ce:81   ipv4       192.168.121.7/24   -          01:52:54:00:5b:ce:81',
    ' 2026-11-22 23:52:43   52:54:00:5b:ce:82   ipv4       192.168.121.198/24   core-02    01:52:54:00:5b:ce:82',
    ' 2026-11-22 23:59:43   52:54:00:5b:ce:81   ipv4       192.168.121.9/24   -          01:52:54:00:5b:ce:81',
  ].join('\n');
  expect(parseLease(leases, '52:54:00:5B:CE:81')).toBe('192.168.121.9');
  expect(parseLease(leases, '52:54:00:00:00:00')).toBeUndefined();
});

it('finds the address of a guest that has one', () => {
  expect(parseAddress(' vnet0      52:54:00:5b:ce:81    ipv4         192.168.121.7/24\n')).toBe('192.168.121.7');
  expect(parseAddress('\n')).toBeUndefined();
});
