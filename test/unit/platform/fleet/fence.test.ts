import { afterEach, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { simulatedCluster, unitText, type SimulatedCluster } from './simulated-cluster.ts';

/** Without a quorum nobody knows whether the others have one. That a unit never runs twice is for test/unit/simulation/planted-bugs.test.ts. */
let cluster: SimulatedCluster;
afterEach(() => cluster.close());

test('with a fence, units that are not global stop when etcd is silent for a TTL, and start again where they were', async () => {
  cluster = await simulatedCluster(2, { fence: true });
  const [own, other] = cluster.machines;
  await cluster.client.createUnit('a.service', unitText('MachineMetadata=slot=1'), 'launched');
  await cluster.client.createUnit('everywhere.service', unitText('Global=true'), 'launched');
  // Of a batch it is one word among others.
  const calls = (verb: string) =>
    own?.systemd.calls
      .map((call) => call.split(' '))
      .filter(([is, ...units]) => is === verb && units.includes('a.service')).length;
  const running = async (): Promise<string> => {
    const names = ['a.service', 'everywhere.service'];
    const observed = [...((await own?.systemd.observe(names)) ?? [])];
    return observed
      .filter(([, { active }]) => active === 'active')
      .map(([name]) => name)
      .join(' ');
  };
  const untilRunning = (wanted: string) =>
    eventually(async () => ((await running()) === wanted ? undefined : `${await running()} runs`));
  await untilRunning('a.service everywhere.service');
  cluster.store.setAway(true);
  await untilRunning('everywhere.service');
  expect(cluster.log).toContain(
    'core-01 fence event=closed reason="nothing of etcd for 1 s: units that are not global stop"',
  );
  cluster.store.setAway(false);
  await untilRunning('a.service everywhere.service');
  expect([calls('stop'), calls('start')]).toEqual([1, 2]);
  expect(other?.systemd.calls.filter((call) => call.includes('a.service'))).toEqual([]);
});

test('the last machine goes on when etcd is silent: nobody is left who could start its units', async () => {
  cluster = await simulatedCluster(2, { fence: true });
  const [own, other] = cluster.machines;
  await cluster.client.createUnit('a.service', unitText('MachineMetadata=slot=1'), 'launched');
  const isActive = async (): Promise<boolean> =>
    (await own?.systemd.observe(['a.service']))?.get('a.service')?.active === 'active';
  await eventually(async () => ((await isActive()) ? undefined : 'not yet active'));
  await other?.fleetd.leave();
  cluster.machines.pop();
  await eventually(async () => ((await cluster.client.listMachines()).length === 1 ? undefined : 'two machines'));
  cluster.store.setAway(true);
  const stays = 'core-01 fence event=stays-open reason="nothing of etcd for 1 s, and no other machine was left"';
  await eventually(() => (cluster.log.includes(stays) ? undefined : 'the fence says nothing'));
  expect(await isActive()).toBe(true);
  expect(own?.systemd.calls.filter((call) => call.startsWith('stop'))).toEqual([]);
});
