import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');

/** What `npm run NAME` does, without npm: a host may have none. */
async function script(name: 'walls' | 'unused', cwd = root): Promise<{ exitCode: number; said: string }> {
  const result = await execa('sh', ['-c', packageJson.scripts[name]], {
    cwd,
    reject: false,
    all: true,
    localDir: root,
    preferLocal: true,
    env: { NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  return { exitCode: result.exitCode ?? -1, said: result.all };
}

/** A machine that has much else to do needs minutes for what takes seconds. */
const patience = 300_000;

it('imports go only where .dependency-cruiser.mjs lets them, and in no new circle', { timeout: patience }, async () => {
  const { exitCode, said } = await script('walls');
  expect({ exitCode, said: exitCode === 0 ? '' : said }).toEqual({ exitCode: 0, said: '' });
});

it('no file, export or dependency is unused, and none is used unlisted', { timeout: patience }, async () => {
  expect(await script('unused')).toEqual({ exitCode: 0, said: '' });
});

describe('a planted import is found', () => {
  const machines = 'provision/machines';
  const cluster = 'provision/cluster';
  const harness = 'scenarios/harness';
  const planted: Readonly<Record<string, string>> = {
    'cli/a.ts': "import '../platform/fleet/engine/decide.ts'; import '../platform/etcd/store.ts';",
    'platform/etcd/a.ts': "import '../fleet/client/client.ts'; import '../../errors/a.ts';",
    'guide/conditions/a.ts': "import '../walk/a.ts'; import type { B } from '../form/a.ts';",
    'guide/walk/a.ts':
      "import '../../platform/fleet/engine/decide.ts'; import '../../scenarios/harness/watch/a.ts'; import '../form/a.ts';",
    'scenarios/a.ts': "import '../platform/fleet/engine/decide.ts'; import '../platform/fleet/client/client.ts';",
    'dashboard/a.ts': "import '../guide/form/a.ts'; import '../cli/c.ts'; import '../scenarios/harness/run/b.ts';",
    'dashboard/moment/a.ts':
      "import '../server/protocol.ts'; import type { A } from '../../scenarios/harness/record/b.ts';",
    'dashboard/page/a.ts': "import '../server/protocol.ts'; import '../moment/b.ts'; import '../live/a.ts';",
    'provision/a.ts': "import type { A } from '../scenarios/a.ts';",
    'provision/b.ts': "export const later = () => import('../cli/a.ts');",
    'platform/a.ts': "import '../errors/a.ts'; export * from '../provision/b.ts';",
    'apps/web/a.ts':
      "import '../worker/a.ts'; import '../../platform/etcd/store.ts'; import './b.ts'; import 'node:fs';",
    'apps/web/b.ts': "import '../../test/a.ts';",
    'simulation/a.ts':
      "import '../platform/fleet/engine/decide.ts'; import '../scenarios/chaos/seeded-random.ts'; import '../scenarios/a.ts';",
    'dashboard/page/parts/a.ts': "import '../figure/a.ts'; import '../app.ts';",
    'dashboard/page/figure/a.ts': "import '../parts/b.ts';",
    'platform/fleet/registry/a.ts': "import type { A } from '../engine/decide.ts'; import '../parts/a.ts';",
    'platform/fleet/parts/a.ts': "import '../fleetd.ts';",
    'platform/fleet/fleetctl/a.ts': "import './commands/a.ts';",
    'platform/etcd/b.ts': "import './keys/a.ts';",
    'platform/etcd/keys/a.ts': "import '../store.ts'; import '../grpc/a.ts';",
    'simulation/b.ts': "import './recorded/b.ts';",
    'simulation/recorded/a.ts':
      "import '../checkers/a.ts'; import '../../scenarios/harness/run/b.ts'; import '../../scenarios/failover/b.ts';",
    'errors/a.ts': "import config from '../package.json';",
    [`${machines}/nspawn/a.ts`]: "import '../vagrant/a.ts'; import '../ground/a.ts'; import '../beside.ts';",
    [`${machines}/ground/a.ts`]: "import '../supervisor/a.ts';",
    [`${machines}/cgroup/a.ts`]: "import '../beside.ts'; import '../wait-until.ts';",
    [`${cluster}/members/a.ts`]:
      "import '../conditions/a.ts'; import '../up/a.ts'; import type { Lab } from '../beside.ts';",
    [`${harness}/run/a.ts`]: "import '../record/a.ts'; import '../../failover/a.ts'; import '../loose.ts';",
    [`${harness}/record/a.ts`]: "import type { A } from '../run/a.ts'; import './b.ts';",
    [`${harness}/report/a.ts`]: "import './html/a.ts';",
    [`${harness}/report/html/a.ts`]: "import '../b.ts'; import './parts/a.ts'; import '../../record/b.ts';",
    'scenarios/failover/a.ts':
      "import '../scenario.ts'; import '../stack/a.ts'; import '../harness/record/b.ts'; import '../harness/watch/a.ts';",
    'scenarios/stack/a.ts': "import '../rolling/a.ts';",
    'scenarios/rolling/a.ts': "export const later = () => import('../failover/b.ts');",
    'scenarios/bench/a.ts': "import '../harness/probes/a.ts'; import '../harness/faults/a.ts';",
    'cli/d.ts': "import '../simulation/recorded/b.ts'; import '../simulation/checkers/a.ts';",
    'cli/b.ts': "import '../scenarios/harness/run/b.ts'; import '../scenarios/harness/watch/a.ts';",
    'platform/round.ts': "import type { B } from './about.ts';",
    'platform/about.ts': "import type { A } from './round.ts'; export type B = A;",
  };
  const inHarness = (file: string) => `${harness}/${file}`;
  const empty = [
    'platform/etcd/store.ts',
    'platform/fleet/engine/decide.ts',
    'platform/fleet/client/client.ts',
    ...['fleet/fleetd.ts', 'fleet/fleetctl/commands/a.ts', 'etcd/grpc/a.ts'].map((file) => `platform/${file}`),
    'apps/worker/a.ts',
    'guide/form/a.ts',
    ...['server/protocol.ts', 'moment/b.ts', 'live/a.ts', 'page/app.ts', 'page/parts/b.ts'].map(
      (file) => `dashboard/${file}`,
    ),
    'cli/c.ts',
    'site/a.ts',
    ...['recorded/b.ts', 'checkers/a.ts'].map((file) => `simulation/${file}`),
    'test/a.ts',
    'package.json',
    'scenarios/scenario.ts',
    'scenarios/chaos/seeded-random.ts',
    'scenarios/failover/b.ts',
    ...['loose.ts', 'record/b.ts', 'watch/a.ts', 'probes/a.ts', 'faults/a.ts', 'run/b.ts'].map(inHarness),
    ...['report/b.ts', 'report/html/parts/a.ts'].map(inHarness),
    ...['conditions/a.ts', 'up/a.ts', 'beside.ts'].map((file) => `${cluster}/${file}`),
    ...['vagrant/a.ts', 'supervisor/a.ts', 'beside.ts', 'wait-until.ts'].map((file) => `${machines}/${file}`),
  ];
  let house: string;
  beforeAll(() => {
    house = mkdtempSync(join(tmpdir(), 'coreos-lab-walls-'));
    const texts = [
      ...Object.entries(planted),
      ...empty.map((file) => [file, file.endsWith('.json') ? '{}' : 'export {};'] as const),
    ];
    for (const [file, text] of texts) {
      mkdirSync(dirname(join(house, file)), { recursive: true });
      writeFileSync(join(house, file), text);
    }
    cpSync(join(root, '.dependency-cruiser.mjs'), join(house, '.dependency-cruiser.mjs'));
    writeFileSync(
      join(house, 'tsconfig.json'),
      '{ "compilerOptions": { "allowImportingTsExtensions": true, "noEmit": true } }',
    );
  });
  afterAll(() => rmSync(house, { recursive: true, force: true }));

  it(
    'through each wall, be it of a type, by name or late, and in a circle of types',
    { timeout: patience },
    async () => {
      const { exitCode, said } = await script('walls', house);
      const found = [...said.matchAll(/error (\S+): (\S+) →\s+(\S+)/g)].map(
        ([, rule, from, to]) => `${rule}: ${from} -> ${to}`,
      );
      expect(found.sort()).toEqual(
        [
          'wall-of-cli: cli/a.ts -> platform/fleet/engine/decide.ts',
          'wall-of-etcd: platform/etcd/a.ts -> platform/fleet/client/client.ts',
          'wall-of-scenarios: scenarios/a.ts -> platform/fleet/engine/decide.ts',
          'wall-of-guide: guide/walk/a.ts -> platform/fleet/engine/decide.ts',
          `wall-of-guide-to-scenarios: guide/walk/a.ts -> ${harness}/watch/a.ts`,
          'wall-of-guide-conditions: guide/conditions/a.ts -> guide/walk/a.ts',
          'wall-of-dashboard: dashboard/a.ts -> cli/c.ts',
          `wall-of-dashboard-to-harness: dashboard/a.ts -> ${harness}/run/b.ts`,
          'wall-of-dashboard-moment: dashboard/moment/a.ts -> dashboard/server/protocol.ts',
          'wall-of-dashboard-page: dashboard/page/a.ts -> dashboard/live/a.ts',
          'wall-of-page-parts: dashboard/page/parts/a.ts -> dashboard/page/figure/a.ts',
          'wall-of-page-parts: dashboard/page/parts/a.ts -> dashboard/page/app.ts',
          'wall-of-fleet-registry: platform/fleet/registry/a.ts -> platform/fleet/engine/decide.ts',
          'wall-of-fleet-parts: platform/fleet/parts/a.ts -> platform/fleet/fleetd.ts',
          'wall-of-fleetctl-within: platform/fleet/fleetctl/a.ts -> platform/fleet/fleetctl/commands/a.ts',
          'wall-of-etcd-within: platform/etcd/b.ts -> platform/etcd/keys/a.ts',
          'wall-of-etcd-folders: platform/etcd/keys/a.ts -> platform/etcd/grpc/a.ts',
          'wall-of-provision: provision/a.ts -> scenarios/a.ts',
          'wall-of-provision: provision/b.ts -> cli/a.ts',
          'wall-of-platform: platform/a.ts -> provision/b.ts',
          'wall-of-apps: apps/web/a.ts -> apps/worker/a.ts',
          'wall-of-apps: apps/web/b.ts -> test/a.ts',
          'wall-of-errors: errors/a.ts -> package.json',
          'wall-of-simulation: simulation/a.ts -> scenarios/a.ts',
          'wall-of-simulation: simulation/b.ts -> simulation/recorded/b.ts',
          'wall-of-simulation: simulation/recorded/a.ts -> scenarios/failover/b.ts',
          'wall-of-cli: cli/d.ts -> simulation/checkers/a.ts',
          `wall-of-machines-nspawn: ${machines}/nspawn/a.ts -> ${machines}/vagrant/a.ts`,
          `wall-of-machines-ground: ${machines}/ground/a.ts -> ${machines}/supervisor/a.ts`,
          `wall-of-machines-cgroup: ${machines}/cgroup/a.ts -> ${machines}/beside.ts`,
          `wall-of-cluster-members: ${cluster}/members/a.ts -> ${cluster}/up/a.ts`,
          `wall-of-cluster-members: ${cluster}/members/a.ts -> ${cluster}/beside.ts`,
          `wall-of-harness: ${harness}/run/a.ts -> scenarios/failover/a.ts`,
          `wall-of-harness: ${harness}/run/a.ts -> ${harness}/loose.ts`,
          `wall-of-harness-run: ${harness}/run/a.ts -> ${harness}/loose.ts`,
          `wall-of-harness-loose: ${harness}/run/a.ts -> ${harness}/loose.ts`,
          `wall-of-harness-record: ${harness}/record/a.ts -> ${harness}/run/a.ts`,
          `wall-of-harness-within: ${harness}/report/html/a.ts -> ${harness}/report/b.ts`,
          `wall-of-scenario: scenarios/failover/a.ts -> ${harness}/watch/a.ts`,
          'wall-of-scenario: scenarios/stack/a.ts -> scenarios/rolling/a.ts',
          'wall-of-scenario: scenarios/rolling/a.ts -> scenarios/failover/b.ts',
          `wall-of-scenarios-bench: scenarios/bench/a.ts -> ${harness}/faults/a.ts`,
          `wall-of-cli-to-harness: cli/b.ts -> ${harness}/watch/a.ts`,
          `no-circle: ${harness}/record/a.ts -> ${harness}/run/a.ts`,
          'no-circle: platform/about.ts -> platform/round.ts',
        ].sort(),
      );
      expect(exitCode).toBe(found.length);
    },
  );
});
