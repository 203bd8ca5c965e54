import { expect, it } from 'vitest';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { parseSupervisorSpec } from '#provision/machines/ground/read-supervisor-spec.ts';
import { load } from '../../config/config-directory.ts';

const file = '/var/lib/coreos-lab/lab/supervisor-spec.json';
const images = { registryStorage: '/cache/registry', osRootOf: () => '/cache/os' };
const spec = (provider: 'nspawn' | 'vagrant' = 'nspawn') =>
  supervisorSpec({
    config: load({ rb: '$num_instances = 2\n', toml: '', hostCpus: 2, provider }),
    repoDir: '/r',
    ...images,
  });

it('what lab up writes is read as it was', () => {
  for (const written of [spec(), spec('vagrant')])
    expect(parseSupervisorSpec(JSON.stringify(written), file)).toEqual(written);
  const { rsvp: _rsvp, registryStorage: _storage, ...bare } = spec();
  expect(parseSupervisorSpec(JSON.stringify(bare), file)).toEqual(bare);
});

type Change = (text: string) => string;
const replaced = (from: string | RegExp, to: string): Change => {
  return (text) => {
    expect(text).toMatch(from);
    return text.replace(from, to);
  };
};

it.each<[string, Change]>([
  ['is no JSON: ', (text) => text.slice(0, -1)],
  ['is no JSON: ', () => ''],
  [': the whole: expected object, received array', () => '[]'],
  [': lab: expected string, received undefined', () => '{}'],
  [': lab: expected string, received number', replaced('"lab":"lab"', '"lab":7')],
  [': network.bridgeAddress: Invalid IPv4 address', replaced('172.17.8.1"', '172.17.8.256"')],
  [': network.prefixLength: expected number, received string', replaced(/"prefixLength":24/, '"prefixLength":"24"')],
  [': ports.registry: ', replaced('"registry":5000', '"registry":70000')],
  [': machines[1].cpus: expected number, received null', replaced(/("cpus":)1(.*"cpus":)1/, '$11$2null')],
  [': machines[0].osRoot: ', replaced('/cache/os', '')],
  [': machines[0].osRoot: ', replaced('/cache/os', 'cache/os')],
  [': machines[0].machineId: must be 32 hex digits', replaced('"machineId":"', '"machineId":"x')],
  [': guestsOf: ', replaced('"stretch"', '"guestsOf":"xen","stretch"')],
  [': stretch: ', replaced('"stretch":1', '"stretch":0')],
  [': rsvp: ', replaced(/"rsvp":\[[^\]]*\]/, '"rsvp":[]')],
  [': machinez: there is no such field', replaced('"stretch"', '"machinez":[],"stretch"')],
  [': __proto__: there is no such field', replaced('"stretch"', '"__proto__":{"lab":"x"},"stretch"')],
  [': machines[0].constructor: there is no such field', replaced('"cpus"', '"constructor":1,"cpus"')],
])('refuses a file with %s', (said, change) => {
  let thrown: unknown;
  try {
    parseSupervisorSpec(change(JSON.stringify(spec())), file);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'input.spec', message: expect.stringContaining(said) as string });
  expect((thrown as Error).message).toContain(file);
});
