import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordMaker } from '#provision/cluster/labs/find-maker.ts';
import { listLabs } from '#provision/cluster/labs/list-labs.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { loadConfig } from '#provision/config/load-config.ts';

let directory = '';
const config = loadConfig(process.cwd(), {}, 4);
const specOf = (name: string) => {
  const own = { ...config, name, stateDir: join(directory, name) };
  return supervisorSpec({ config: own, repoDir: '/checkout', registryStorage: undefined, osRootOf: () => '/os' });
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'list-labs-'));
  for (const name of ['lt-two', 'lt-one', 'lt-damaged', 'lt-none']) await mkdir(join(directory, name));
  for (const name of ['lt-two', 'lt-one'])
    await writeFile(join(directory, name, 'supervisor-spec.json'), JSON.stringify(specOf(name)));
  await writeFile(join(directory, 'lt-damaged', 'supervisor-spec.json'), '{"lab": ');
  await recordMaker(join(directory, 'lt-one'), { checkout: '/home/me/lab', configDir: '/home/me/lab' });
});
afterAll(() => rm(directory, { recursive: true }));

it('lists labs beside this one by name, with who made them; what is damaged is said, and what is no lab left out', async () => {
  const labs = (await listLabs(join(directory, 'lt-mine'))).filter(({ name }) => name.startsWith('lt-'));
  expect(labs).toEqual([
    expect.objectContaining({
      name: 'lt-damaged',
      machines: [],
      unreadable: expect.stringContaining('JSON') as string,
    }),
    {
      name: 'lt-one',
      up: false,
      provider: 'nspawn',
      machines: config.machines.map(({ name, address }) => ({ name, address })),
      stateDir: join(directory, 'lt-one'),
      checkout: '/home/me/lab',
    },
    expect.objectContaining({ name: 'lt-two', up: false }),
  ]);
});

it('of a directory that is not there: none', async () => {
  const labs = await listLabs(join(directory, 'nowhere', 'x'));
  expect(labs.filter(({ name }) => name.startsWith('lt-'))).toEqual([]);
});
