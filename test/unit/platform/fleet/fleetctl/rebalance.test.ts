import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFleetctl } from '#platform/fleet/fleetctl/commands/run-fleetctl.ts';
import { eventually } from '../eventually.ts';
import { simulatedCluster, unitText, type SimulatedCluster } from '../simulated-cluster.ts';

let cluster: SimulatedCluster;
beforeAll(async () => void (cluster = await simulatedCluster(1)));
afterAll(() => cluster.close());

async function rebalance(...argv: string[]) {
  const lines: string[] = [];
  const io = { out: (l: string) => void lines.push(l), err: (l: string) => void lines.push(l), progress: undefined };
  const endpoint = cluster.machines.flatMap((m) => [...m.fleetd.addresses]).join(',');
  const code = await runFleetctl(['rebalance', ...argv], {
    env: { FLEETCTL_ENDPOINT: endpoint, FLEETCTL_REQUEST_TIMEOUT: '60' },
    ...io,
  });
  return { code, lines };
}
const untilActive = (count: number) =>
  eventually(async () => {
    const active = await cluster.active();
    return Object.keys(active).length === count ? undefined : JSON.stringify(active);
  });

test('it is told what to do', async () => {
  await expect(rebalance()).rejects.toMatchObject({ code: 'usage.rebalance' });
  await expect(rebalance('--apply', '--dry-run')).rejects.toMatchObject({ code: 'usage.rebalance' });
});

test('a machine that comes later gets its share, one unit after the other, and a sidekick goes along', async () => {
  for (const name of ['a', 'b', 'c']) await cluster.client.createUnit(`${name}.service`, unitText(), 'launched');
  await cluster.client.createUnit('side.service', unitText('MachineOf=a.service'), 'launched');
  await untilActive(4);
  cluster.machines.push(await cluster.boot(2));
  await eventually(async () => ((await cluster.client.listMachines()).length === 2 ? undefined : 'one machine'));
  const plan = [
    'b.service: core-01 -> core-02 (core-01 has 4, core-02 has 0)',
    'c.service: core-01 -> core-02 (core-01 has 3, core-02 has 1)',
  ];
  expect(await rebalance('--dry-run')).toEqual({
    code: 0,
    lines: [...plan.map((line) => `Would move ${line}`), 'Units core-01:4 core-02:0 would become core-01:2 core-02:2'],
  });
  expect((await cluster.active())['b.service']).toBe('core-01');
  expect(await rebalance('--apply')).toEqual({
    code: 0,
    lines: [...plan.map((line) => `Moving ${line}`), 'Units core-01:4 core-02:0 became core-01:2 core-02:2'],
  });
  const now = { 'a.service': 'core-01', 'side.service': 'core-01', 'b.service': 'core-02', 'c.service': 'core-02' };
  expect(await cluster.active()).toEqual(now);
  expect(await rebalance('--apply')).toEqual({ code: 0, lines: ['Nothing to move: units core-01:2 core-02:2'] });
  expect((await cluster.client.why('b.service'))?.decisions[0]).toMatchObject({ kind: 'move', to: 'core-02' });
});

test('a unit that does not come up where it goes ends it; the next one is not moved', async () => {
  for (const name of ['a', 'side', 'b', 'c']) await cluster.client.destroyUnit(`${name}.service`);
  for (const name of ['x', 'y', 'z', 'w'])
    await cluster.client.createUnit(
      `${name}.service`,
      unitText('MachineMetadata=slot=1\nMachineMetadata=slot=2'),
      'launched',
    );
  await untilActive(4);
  // All come to be on one machine.
  const gone = cluster.machines.pop();
  await gone?.fleetd.leave();
  await eventually(async () => {
    const places = Object.values(await cluster.active());
    return places.length === 4 && places.every((m) => m === 'core-01') ? undefined : places.join();
  });
  const back = await cluster.boot(2);
  cluster.machines.push(back);
  back.systemd.start = async (names) => new Map(names.map((name) => [name, `Failed to start ${name}: no room`]));
  await eventually(async () => ((await cluster.client.listMachines()).length === 2 ? undefined : 'one machine'));
  const { code, lines } = await rebalance('--apply');
  expect([code, lines[0]?.slice(0, 'Moving w.service'.length)]).toEqual([76, 'Moving w.service']);
  expect(lines[1]).toContain(
    'Unit w.service did not start on 22222222.../10.0.0.2: Failed to start w.service: no room',
  );
  expect(lines.filter((line) => line.startsWith('Moving'))).toHaveLength(1);
});

test('the engine refuses what a constraint forbids, and says so', async () => {
  await cluster.client.createUnit('one.service', unitText('MachineMetadata=slot=1'), 'launched');
  await eventually(async () => ((await cluster.active())['one.service'] ? undefined : 'one does not run'));
  const [from, to] = ['1'.repeat(32), '2'.repeat(32)];
  await cluster.client.moveUnits({ units: ['one.service'], from, to });
  await eventually(async () => {
    const last = (await cluster.client.why('one.service'))?.decisions[0];
    return last?.kind === 'stay' && last.reason.includes('MachineMetadata asks for slot=1')
      ? undefined
      : JSON.stringify(last);
  });
  expect((await cluster.active())['one.service']).toBe('core-01');
  await expect(cluster.client.moveUnits({ units: ['one.service'], from: to, to: from })).rejects.toMatchObject({
    code: 'unit.refused',
  });
  await expect(cluster.client.moveUnits({ units: ['one.service'], from, to: '9' })).rejects.toMatchObject({
    code: 'unit.refused',
  });
});
