import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFleetctl } from '#platform/fleet/fleetctl/commands/run-fleetctl.ts';
import { eventually } from '../eventually.ts';
import { simulatedCluster, unitText, type SimulatedCluster } from '../simulated-cluster.ts';

let cluster: SimulatedCluster;
beforeAll(async () => void (cluster = await simulatedCluster(3)));
afterAll(() => cluster.close());

async function why(...argv: string[]): Promise<string> {
  const out: string[] = [];
  const io = { out: (l: string) => void out.push(l), err: (l: string) => void out.push(l), progress: undefined };
  const endpoint = cluster.machines.flatMap((m) => [...m.fleetd.addresses]).join(',');
  await runFleetctl(['why', ...argv], { env: { FLEETCTL_ENDPOINT: endpoint, FLEETCTL_REQUEST_TIMEOUT: '60' }, ...io });
  return out.join('\n').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'TIME');
}
const untilSaid = (unit: string, text: string): Promise<void> =>
  eventually(async () => {
    const said = await why(unit);
    return said.includes(text) ? undefined : said;
  });

test('a unit that runs: where, and why there', async () => {
  await cluster.client.createUnit('a.service', unitText('MachineMetadata=slot=2'), 'launched');
  await untilSaid('a', 'waits for nothing');
  const by = cluster.machines.filter((m) => m.fleetd.state().engine.leading).map((m) => `core-0${m.id.charAt(0)}`);
  await untilSaid('a', 'decided');
  expect(await why('a')).toBe(
    [
      'a.service is wanted launched',
      'waits for nothing',
      'decided, the last first:',
      `  TIME placed on core-02: core-02 (22222222...): the only able machine (engine of ${by.join()})`,
    ].join('\n'),
  );
});

test('a unit that no machine takes: what it waits for, and who is in its way; all of it as JSON', async () => {
  for (const name of ['b', 'c'])
    await cluster.client.createUnit(
      `${name}.service`,
      unitText('MachineMetadata=slot=3\nConflicts=b.service c.service'),
      'launched',
    );
  await eventually(async () => ((await cluster.client.getUnit('c.service'))?.reason ? undefined : 'c is not blocked'));
  const said = await why('c');
  expect(said).toContain('c.service is wanted launched\nwaits for:\n  core-01 (11111111...) has metadata slot=1');
  expect(said).toContain('in its way:\n  b.service on core-03');
  expect(said).toContain('TIME no machine takes it');
  const json = JSON.parse(await why('--json', 'c')) as Record<string, unknown>;
  expect(json).toMatchObject({
    unit: { name: 'c.service', desiredState: 'launched' },
    inTheWay: [{ unit: 'b.service', machine: 'core-03' }],
    decisions: [{ kind: 'block' }],
  });
  await cluster.client.setDesiredState('b.service', 'inactive');
  await untilSaid('c', 'placed on core-03');
  expect(await why('b')).toContain('b.service is known, and not wanted on any machine\ndecided');
  expect(await why('b')).toContain('taken off core-03: its desired state is inactive');
});

test('what systemd says of a unit that cannot start', async () => {
  await cluster.client.createUnit('bad.service', unitText('', 'Restart=no'), 'launched');
  await untilSaid('bad', 'Unit bad.service has a bad unit file setting.');
  expect(await why('bad')).toMatch(/waits for:\n {2}core-0\d/);
});

test('what one leader has decided the next one tells', async () => {
  await untilSaid('a', 'placed on core-02');
  const leader = cluster.machines.find((m) => m.fleetd.state().engine.leading);
  await leader?.fleetd.leave();
  const others = cluster.machines.filter((m) => m !== leader);
  cluster.machines.splice(0, 3, ...others);
  await eventually(() => (others.some((m) => m.fleetd.state().engine.leading) ? undefined : 'nobody leads'));
  await untilSaid('a', 'placed on core-02: core-02 (22222222...): the only able machine');
});

test('an unknown unit is none, and a unit that is destroyed takes its history along', async () => {
  await expect(why('nosuch')).rejects.toMatchObject({ code: 'missing.unit' });
  await cluster.client.destroyUnit('a.service');
  const { items } = await cluster.store.list('/_coreos.com/fleet/job/a.service/');
  expect(items).toEqual([]);
});
