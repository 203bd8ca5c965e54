import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { simulatedCluster, unitText, type SimulatedCluster } from './simulated-cluster.ts';

let cluster: SimulatedCluster;
beforeEach(async () => {
  cluster = await simulatedCluster(3);
  await eventually(async () =>
    (await cluster.client.listMachines()).length === 3 ? undefined : 'not all machines are registered',
  );
});
afterEach(() => cluster.close());

const isActive = (expected: Record<string, string>) => async (): Promise<string | undefined> => {
  const found = JSON.stringify(Object.entries(await cluster.active()).sort());
  const wanted = JSON.stringify(Object.entries(expected).sort());
  return found === wanted ? undefined : `${found} is not ${wanted}`;
};

test('units spread, the sidekick starts after its principal on the same machine, the fourth web waits with a reason', async () => {
  await cluster.client.createUnit('side@1.service', unitText('MachineOf=db@%i.service'), 'launched');
  await cluster.client.createUnit('db@1.service', unitText(), 'launched');
  for (const n of [1, 2, 3, 4])
    await cluster.client.createUnit(`web@${n}.service`, unitText('Conflicts=web@*.service'), 'launched');
  await eventually(async () => {
    const active = await cluster.active();
    return Object.keys(active).length === 5 && active['side@1.service'] === active['db@1.service']
      ? undefined
      : JSON.stringify(active);
  });
  await eventually(async () => {
    const waiting = (await cluster.client.listUnits()).filter((u) => u.machineID === undefined);
    const [unit] = waiting;
    return waiting.length === 1 && unit?.reason?.split('; ').length === 3 ? undefined : JSON.stringify(waiting);
  });
  const calls = cluster.machines.flatMap((m) => m.systemd.calls);
  expect(calls.findIndex((c) => /start.* db@1/.test(c))).toBeLessThanOrEqual(
    calls.findIndex((c) => /start.*side@1/.test(c)),
  );
});

test('a machine that leaves hands its units over and stops them; one that goes down leaves stopping to systemd', async () => {
  await cluster.client.createUnit('a.service', unitText(), 'launched');
  await eventually(isActive({ 'a.service': 'core-01' }));
  const [first, second] = cluster.machines;
  await first?.fleetd.leave();
  await eventually(isActive({ 'a.service': 'core-02' }));
  expect(first?.systemd.calls).toEqual(['load a.service', 'start a.service', 'stop a.service', 'unload a.service']);
  second?.systemd.goDown();
  await second?.fleetd.leave();
  await eventually(isActive({ 'a.service': 'core-03' }));
  expect(second?.systemd.calls).toEqual(['load a.service', 'start a.service']);
});

test('a lost lease: the machine registers again, and one copy of its unit is left', async () => {
  await cluster.client.createUnit('a.service', unitText(), 'launched');
  await eventually(isActive({ 'a.service': 'core-01' }));
  const key = (await cluster.store.get(`/_coreos.com/fleet/machines/${'1'.repeat(32)}/object`))?.lease ?? '';
  cluster.store.expireLease(key);
  await eventually(() =>
    cluster.log.some((l) => /core-01 presence event=lost/.test(l)) ? undefined : 'core-01 has not noticed',
  );
  await eventually(async () =>
    (await cluster.client.listMachines()).length === 3 ? undefined : 'core-01 is not back',
  );
  await eventually(async () =>
    Object.keys(await cluster.active()).length === 1 ? undefined : 'a.service is not active',
  );
});

test('without etcd everything keeps running, and afterwards nothing was moved or started again', async () => {
  for (const n of [1, 2, 3]) await cluster.client.createUnit(`u${n}.service`, unitText(), 'launched');
  const places = { 'u1.service': 'core-01', 'u2.service': 'core-02', 'u3.service': 'core-03' };
  await eventually(isActive(places));
  cluster.store.setAway(true);
  await expect(cluster.client.listUnits()).rejects.toMatchObject({ code: 'state.fleet-unreachable' });
  // Longer than a TTL (1 s): what is proved is that nothing happens in it.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  cluster.store.setAway(false);
  await cluster.client.createUnit('after.service', unitText(), 'launched');
  await eventually(isActive({ ...places, 'after.service': 'core-01' }));
  for (const machine of cluster.machines) {
    const own = machine.systemd.calls.filter((c) => !c.includes('after.service'));
    expect(own).toHaveLength(2);
  }
});

describe('unit life', () => {
  test('stop means stopped before it says so; start, new content, destroy', async () => {
    const { client } = cluster;
    const state = (wanted: string) => async () => {
      const unit = await client.getUnit('a.service');
      return unit?.currentState === wanted ? undefined : `currentState ${unit?.currentState}`;
    };
    await client.createUnit('a.service', unitText());
    expect(await client.getUnit('a.service')).toMatchObject({ desiredState: 'inactive', currentState: 'inactive' });
    await client.setDesiredState('a.service', 'launched');
    await eventually(state('launched'));
    await client.setDesiredState('a.service', 'loaded');
    await eventually(state('loaded'));
    expect(await cluster.active()).toEqual({});
    await client.setDesiredState('a.service', 'launched');
    await eventually(state('launched'));
    await client.createUnit('a.service', unitText('', 'ExecStart=/bin/sleep 2'));
    await eventually(() => {
      const tail = cluster.machines[0]?.systemd.calls.slice(-3).join();
      return tail === 'stop a.service,load a.service,start a.service' ? undefined : `${tail}`;
    });
    await client.destroyUnit('a.service');
    await eventually(async () => ((await client.listStates()).length === 0 ? undefined : 'still there'));
    expect(cluster.machines[0]?.systemd.calls.at(-1)).toBe('unload a.service');
  });

  test('one unit that systemd refuses does not hold up the others, and its cause is told', async () => {
    await cluster.client.createUnit('bad.service', unitText('MachineMetadata=slot=1', 'Restart=no'), 'launched');
    await cluster.client.createUnit('good.service', unitText('MachineMetadata=slot=1'), 'launched');
    await eventually(isActive({ 'good.service': 'core-01' }));
    const [state] = await cluster.client.listStates({ unitName: 'bad.service' });
    expect(state?.message).toContain('bad unit file setting');
  });

  test('a global unit runs wherever metadata fits, also on a machine that comes later', async () => {
    await cluster.client.createUnit(
      'g.service',
      unitText('Global=true\nMachineMetadata=slot=2\nMachineMetadata=slot=4'),
      'launched',
    );
    await eventually(isActive({ 'g.service': 'core-02' }));
    const late = await cluster.boot(4);
    await eventually(isActive({ 'g.service': 'core-02 core-04' }));
    await late.fleetd.leave();
  });
});

describe('a value in etcd that somebody spoilt', () => {
  const root = '/_coreos.com/fleet';
  const id = '1'.repeat(32);
  const complaints = (key: string) => cluster.log.filter((line) => line.includes(`event=bad-value key=${key} `));
  const starts = () => cluster.machines.flatMap((m) => m.systemd.calls).filter((call) => call.startsWith('start'));

  test.each(['', 'null', '{"PublicIP":"10.0.0.1","Metadata":"slot=1"}'])(
    'of a machine (%j): its own fleetd puts it right, on its lease; nothing moves',
    async (value) => {
      const lease = (await cluster.store.get(`${root}/machines/${id}/object`))?.lease;
      await cluster.client.createUnit('a.service', unitText('MachineMetadata=slot=1'), 'launched');
      await eventually(isActive({ 'a.service': 'core-01' }));
      await cluster.store.put(`${root}/machines/${id}/object`, value);
      await eventually(async () => {
        const [first] = await cluster.client.listMachines();
        return first?.id === id && first.metadata?.['slot'] === '1' ? undefined : JSON.stringify(first);
      });
      expect((await cluster.store.get(`${root}/machines/${id}/object`))?.lease).toBe(lease);
      await cluster.client.createUnit('b.service', unitText('MachineMetadata=slot=1'), 'launched');
      await eventually(isActive({ 'a.service': 'core-01', 'b.service': 'core-01' }));
      expect(starts()).toEqual(['start a.service', 'start b.service']);
    },
  );

  test('is said once with its key, and does not stand in the way of others', async () => {
    const strange = [
      `${root}/machines/nobody/object`,
      `${root}/states/a.service/nobody`,
      `${root}/job/x.service/object`,
    ];
    for (const key of strange) await cluster.store.put(key, '{"half":');
    await cluster.store.put(`${root}/job/y.service/target-state`, 'bogus');
    await cluster.client.createUnit('a.service', unitText(), 'launched');
    await eventually(isActive({ 'a.service': 'core-01' }));
    await eventually(() => {
      const counts = strange.map((key) => complaints(key).length);
      return counts.every((count) => count === 3) ? undefined : `${counts.join()} complaints, not one a machine`;
    });
    await cluster.client.setDesiredState('a.service', 'loaded');
    await eventually(isActive({}));
    expect(strange.map((key) => complaints(key).length)).toEqual([3, 3, 3]);
    expect((await cluster.client.listMachines()).map((m) => m.hostname)).toEqual(['core-01', 'core-02', 'core-03']);
  });

  test('of a desired state: as never written, until it is', async () => {
    await cluster.client.createUnit('a.service', unitText(), 'loaded');
    await cluster.store.put(`${root}/job/a.service/target-state`, 'bogus');
    expect(await cluster.client.getUnit('a.service')).toMatchObject({ desiredState: 'inactive' });
    await cluster.client.setDesiredState('a.service', 'launched');
    await eventually(isActive({ 'a.service': 'core-01' }));
    expect(complaints(`${root}/job/a.service/target-state`).length).toBeGreaterThan(0);
  });
});
