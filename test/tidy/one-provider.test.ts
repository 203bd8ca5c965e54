import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const sources = execFileSync('git', ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/') && existsSync(join(root, path)));

/** Where the sources have this, each place as often as it does. */
const placesOf = (pattern: RegExp): string[] =>
  sources.flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(pattern)].map(() => path)).sort();

const factory = 'provision/machines/choice/make-provider.ts';

it('a provider is asked what it needs, never what it is', () => {
  expect(placesOf(/instanceof \w*(Provider|Hypervisor)\b/g)).toEqual([]);
});

it('one place makes providers and hypervisors, and a lab asks it once', () => {
  expect(placesOf(/(?<!function )\bmakeProvider\(/g)).toEqual(['provision/cluster/lab.ts']);
  expect(placesOf(/new (Vagrant|Nspawn)Provider\(|new \w+Hypervisor\(/g)).toEqual([
    ...[factory, factory, factory, factory],
    // Machines without Ignition and cluster, to compare with.
    'scenarios/bench/warm-up.ts',
  ]);
});

it("guests' settings are computed once: for the provider, or for the Vagrantfile", () => {
  expect(placesOf(/(?<!function )\bguestSettings\(/g)).toEqual([
    factory,
    'provision/machines/vagrant/vagrant-settings.ts',
  ]);
});
