import { expect, it } from 'vitest';
import { readTracked, tracked } from '../support/tracked-files.ts';

const sources = tracked.filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/'));

/** Where the sources have this, each place as often as it does. */
const placesOf = (pattern: RegExp): string[] =>
  sources.flatMap((path) => [...readTracked(path).matchAll(pattern)].map(() => path)).sort();

const factory = 'provision/machines/choice/make-provider.ts';

it('a provider is asked what it needs, never what it is', () => {
  expect(placesOf(/instanceof \w*(Provider|Hypervisor)\b/g)).toEqual([]);
});

it('one place makes providers and hypervisors, and a lab asks it once', () => {
  expect(placesOf(/(?<!function )\bmakeProvider\(/g)).toEqual(['provision/cluster/lab.ts']);
  expect(placesOf(/new (Vagrant|Nspawn)Provider\(|new \w+Hypervisor\(/g)).toEqual([
    factory,
    factory,
    factory,
    factory,
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
