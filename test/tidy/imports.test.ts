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
    ...{ cwd, reject: false, all: true, localDir: root, preferLocal: true },
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
  const planted: Readonly<Record<string, string>> = {
    'cli/a.ts': "import '../platform/fleet/engine/decide.ts'; import '../platform/etcd/store.ts';",
    'platform/etcd/a.ts': "import '../fleet/client/client.ts'; import '../../errors/a.ts';",
    'scenarios/a.ts': "import '../platform/fleet/engine/decide.ts'; import '../platform/fleet/client/client.ts';",
    'provision/a.ts': "import type { A } from '../scenarios/a.ts';",
    'provision/b.ts': "export const later = () => import('../cli/a.ts');",
    'platform/a.ts': "import '../errors/a.ts'; export * from '../provision/b.ts';",
    'apps/web/a.ts':
      "import '../worker/a.ts'; import '../../platform/etcd/store.ts'; import './b.ts'; import 'node:fs';",
    'apps/web/b.ts': "import '../../test/a.ts';",
    'errors/a.ts': "import config from '../package.json';",
    [`${machines}/nspawn/a.ts`]: "import '../vagrant/a.ts'; import '../ground/a.ts'; import '../beside.ts';",
    [`${machines}/ground/a.ts`]: "import '../supervisor/a.ts';",
    [`${machines}/cgroup/a.ts`]: "import '../beside.ts'; import '../wait-until.ts';",
    'platform/round.ts': "import type { B } from './about.ts';",
    'platform/about.ts': "import type { A } from './round.ts'; export type B = A;",
  };
  const empty = [
    ...['platform/etcd/store.ts', 'platform/fleet/engine/decide.ts', 'platform/fleet/client/client.ts'],
    ...['apps/worker/a.ts', 'test/a.ts', 'package.json'],
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
    writeFileSync(join(house, 'known-circles.json'), '[]');
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
          'wall-of-provision: provision/a.ts -> scenarios/a.ts',
          'wall-of-provision: provision/b.ts -> cli/a.ts',
          'wall-of-platform: platform/a.ts -> provision/b.ts',
          'wall-of-apps: apps/web/a.ts -> apps/worker/a.ts',
          'wall-of-apps: apps/web/b.ts -> test/a.ts',
          'wall-of-errors: errors/a.ts -> package.json',
          `wall-of-machines-nspawn: ${machines}/nspawn/a.ts -> ${machines}/vagrant/a.ts`,
          `wall-of-machines-ground: ${machines}/ground/a.ts -> ${machines}/supervisor/a.ts`,
          `wall-of-machines-cgroup: ${machines}/cgroup/a.ts -> ${machines}/beside.ts`,
          'no-circle: platform/about.ts -> platform/round.ts',
        ].sort(),
      );
      expect(exitCode).toBe(found.length);
    },
  );
});
