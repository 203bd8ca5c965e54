import { expect, test } from 'vitest';
import { metricsText } from '#platform/fleet/api/metrics.ts';
import { eventually } from '../eventually.ts';
import { simulatedCluster, unitText } from '../simulated-cluster.ts';

test('each line is of the text format, and a daemon without etcd tells of itself', () => {
  const text = metricsText({ view: undefined, engine: undefined, isRegistered: false });
  expect(text).toContain('fleet_machine_registered 0\n');
  const sample = /^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? \d+(\.\d+)?(e-?\d+)?$/;
  for (const line of text.trimEnd().split('\n')) if (!line.startsWith('# ')) expect(line).toMatch(sample);
});

test('a cluster is counted, and the decisions of its engine', async () => {
  const cluster = await simulatedCluster(2);
  try {
    await cluster.client.createUnit('a.service', unitText(), 'launched');
    await cluster.client.createUnit('nowhere.service', unitText('MachineMetadata=no=where'), 'launched');
    await eventually(async () => {
      const texts = cluster.machines.map(({ fleetd }) => fetch(`${fleetd.addresses[0]}/metrics`).then((r) => r.text()));
      const all = (await Promise.all(texts)).join('');
      for (const line of [
        'fleet_machines 2',
        'fleet_units{desired="launched"} 2',
        'fleet_units_unschedulable 1',
        'fleet_unit_states{active="active"} 1',
        'fleet_engine_task_count_total{type="place"} 1',
        'fleet_engine_task_count_total{type="block"} 1',
        'fleet_machine_registered 1',
      ])
        if (!all.includes(`${line}\n`)) return `${line} is not in ${all}`;
      return /fleet_engine_leader_start_time [1-9]/.test(all) ? undefined : 'nobody leads';
    });
  } finally {
    await cluster.close();
  }
});
