import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expandBraces } from '#platform/fleet/fleetctl/unit-arguments.ts';
import { until } from '#provision/cluster/conditions/conditions.ts';
import {
  allUnits,
  deployStack,
  emptyStack,
  stackLayers,
  leftOver,
  waitingFor,
  type DeployContext,
} from '#scenarios/stack/stack.ts';
import type { ClusterView } from '#scenarios/harness/record/cluster-view.ts';
import { EventLog } from '#scenarios/harness/record/event-log.ts';
import { unit, view } from '../recorded.ts';

const machines = ['core-01', 'core-02', 'core-03'];
const empty = view({ machines });
const keys = Object.fromEntries(stackLayers.flatMap((one) => one.keys).map((key, n) => [key, `10.1.${n}.2`]));
const deployed = view({ machines, units: allUnits.map((name) => unit(name, 'core-01')), keys });

/** A cluster that does at once what fleetctl asks of it. */
function obedientCluster(before: ClusterView) {
  const commands: string[] = [];
  const log = new EventLog(join(mkdtempSync(join(tmpdir(), 'lab-stack-')), 'events.ndjson'));
  const fleet = {
    view: before,
    fleetctl: async (verb: string, ...args: string[]) => {
      commands.push([verb, ...args].join(' '));
      const files = args.filter((arg) => !arg.startsWith('--')).flatMap(expandBraces);
      const names = files.map((file) => file.replace('units/', ''));
      const rest = fleet.view.units.filter(({ name }) => !names.includes(name));
      const set = stackLayers
        .filter((one) => one.units.some((name) => names.includes(name)))
        .flatMap((one) => one.keys);
      fleet.view = {
        machines,
        units: verb === 'start' ? [...rest, ...names.map((name) => unit(name, 'core-02'))] : rest,
        keys: verb === 'start' ? { ...fleet.view.keys, ...Object.fromEntries(set.map((k) => [k, '10.1.2.2'])) } : {},
      };
    },
    unitsRunning: (names: readonly string[]) => ({ name: `${names.length} units`, missing: async () => undefined }),
  };
  const lab = { fleet, config: { stretch: 1, timers: { deployDeadlineMs: 500, readyDeadlineMs: 500 } } };
  const context = {
    lab,
    note: () => undefined,
    until: async (condition: Parameters<typeof until>[0], { within }: { within: number }) => {
      await until(condition, { withinMs: within, everyMs: 5, next: '' });
      return log.add({ type: 'wait-held', data: { condition: condition.name } });
    },
  } as unknown as DeployContext;
  return { context, commands, view: () => fleet.view };
}

it('the layers are the twelve units, and their files are in units/', () => {
  expect(stackLayers.flatMap((one) => one.units)).toEqual(allUnits);
  expect(allUnits).toHaveLength(12);
  const files = readdirSync(join(import.meta.dirname, '../../../../units'));
  for (const one of stackLayers) {
    const named = one.files.flatMap(expandBraces).map((file) => file.replace('units/', ''));
    expect(named.toSorted()).toEqual(one.units.toSorted());
    for (const name of named) expect(files).toContain(name.replace(/@\d/, '@'));
  }
});

it('deploying an empty cluster types the chapter’s four commands', async () => {
  const { context, commands, view: now } = obedientCluster(empty);
  await deployStack(context);
  expect(commands).toEqual([
    'start --no-block units/couchbase@1.service units/couchbase-sidekick@1.service',
    'start --no-block units/memcached@{1..3}.service units/memcached-sidekick@{1..3}.service',
    'start --no-block units/worker.service',
    'start --no-block units/web@{1..3}.service',
  ]);
  expect(stackLayers.map((one) => waitingFor(now(), one))).toEqual(stackLayers.map(() => undefined));
});

it('deploying what runs already types nothing', async () => {
  const { context, commands } = obedientCluster(deployed);
  await deployStack(context);
  expect(commands).toEqual([]);
});

it('what an earlier run left under the stack’s names is replaced', async () => {
  const { context, commands } = obedientCluster({ ...deployed, units: [unit('couchbase@1.service', 'core-01')] });
  await deployStack(context);
  expect(commands[0]).toContain('--replace');
  expect(commands[1]).not.toContain('--replace');
});

it('a look that was never taken is not an empty cluster', async () => {
  const { context, commands } = obedientCluster(view({}));
  await expect(deployStack(context)).rejects.toMatchObject({ code: 'timeout.condition' });
  await expect(emptyStack(context)).rejects.toMatchObject({ code: 'timeout.condition' });
  expect(commands).toEqual([]);
});

it('emptying destroys every unit, the reader’s own too, and nothing twice', async () => {
  const own = { ...deployed, units: [...deployed.units, unit('own.service', 'core-03')] };
  const { context, commands, view: now } = obedientCluster(own);
  await emptyStack(context);
  await emptyStack(context);
  expect(commands).toEqual([`destroy ${[...allUnits, 'own.service'].join(' ')}`]);
  expect(leftOver(now())).toBeUndefined();
});

it.each<[string, ClusterView, RegExp]>([
  ['a unit that is placed only', view({ machines, units: [unit('worker.service')], keys }), /0 of 1 running; .*worker/],
  [
    'a unit that runs twice',
    view({
      machines,
      units: [
        {
          ...unit('worker.service', 'core-01'),
          states: machines.map((machine) => ({ machine, state: 'active/running' })),
        },
      ],
    }),
    /not yet: worker/,
  ],
])('a layer waits for %s', (_what, now, missing) => {
  expect(waitingFor(now, { units: ['worker.service'], keys: [] })).toMatch(missing);
});

it('a layer waits for its keys, emptying for the last of them', () => {
  expect(waitingFor({ ...deployed, keys: {} }, stackLayers[1] ?? { units: [], keys: [] })).toBe(
    'no key yet: /services/memcached/1, /services/memcached/2, /services/memcached/3',
  );
  expect(leftOver(view({ machines, keys: { '/services/couchbase/1': '10.1.1.2' } }))).toBe(
    'still there: /services/couchbase/1',
  );
});
