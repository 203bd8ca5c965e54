import { describe, expect, it } from 'vitest';
import { type Place, typedHere } from '#guide/walk/typed-here.ts';
import { imageName } from '#provision/image/registry/image-name.ts';

const outside: Place = {
  inShell: false,
  launcher: './lab',
  unitsDir: 'units',
  ownCode: false,
  machine: 'core-02',
};

it.each([
  ['vagrant destroy -f', './lab --name second destroy'],
  ['etcdctl ls /services', './lab --name second ssh core-02 -- etcdctl ls /services'],
  ['fleetctl list-units', './lab --name second fleetctl list-units'],
  ['lab status', './lab --name second status'],
  ['docker images', 'docker images'],
])('of another lab than the configuration’s own %s is %s', (command, typed) => {
  expect(typedHere(command, { ...outside, name: 'second' })).toBe(typed);
});

/** The 14 command lines of the chapter, and what the guide adds; as printed, and as typed outside of lab shell. */
const commands: readonly [string, string][] = [
  ['vagrant destroy -f', './lab destroy'],
  ['vagrant up', './lab up'],
  [
    'fleetctl start code/ch6/couchbase@1.service code/ch6/couchbase-sidekick@1.service',
    './lab fleetctl start units/couchbase@1.service units/couchbase-sidekick@1.service',
  ],
  [
    'fleetctl start code/ch6/memcached@{1..3}.service code/ch6/memcached-sidekick@{1..3}.service',
    './lab fleetctl start units/memcached@{1..3}.service units/memcached-sidekick@{1..3}.service',
  ],
  ['fleetctl list-units', './lab fleetctl list-units'],
  ['etcdctl ls --recursive /services', './lab ssh core-02 -- etcdctl ls --recursive /services'],
  ['etcdctl get /services/memcached/1', './lab ssh core-02 -- etcdctl get /services/memcached/1'],
  ['fleetctl start code/ch6/worker/worker.service', './lab fleetctl start units/worker.service'],
  ['fleetctl journal -f worker', './lab fleetctl journal -f worker'],
  ['fleetctl start code/ch6/webapp/web@{1..3}.service', './lab fleetctl start units/web@{1..3}.service'],
  ["fleetctl list-units | grep -E 'web|couchbase@'", "./lab fleetctl list-units | grep -E 'web|couchbase@'"],
  ['fleetctl journal -lines 2 -f web@1', './lab fleetctl journal -lines 2 -f web@1'],
  ['vagrant halt core-02', './lab halt core-02'],
  ['ssh core-01 docker ps', './lab ssh core-01 -- docker ps'],
  ['ssh core-01', './lab ssh core-01'],
  ['lab cut core-01', './lab cut core-01'],
  ['curl http://172.17.8.101:3000', 'curl http://172.17.8.101:3000'],
];

describe('a command of the chapter', () => {
  it.each(commands)('%s', (printed, here) => {
    expect(typedHere(printed, outside)).toBe(here);
  });

  it('stays as it is printed in a shell that has its names, but for the units that are not there', () => {
    const shell = { ...outside, inShell: true };
    const [, , couchbase] = commands;
    expect(typedHere('vagrant halt core-02', shell)).toBe('vagrant halt core-02');
    expect(typedHere(couchbase?.[0] ?? '', shell)).toBe(couchbase?.[1].replace('./lab ', ''));
    expect(typedHere(couchbase?.[0] ?? '', { ...shell, ownCode: true })).toBe(couchbase?.[0]);
  });

  it('can be pasted wherever the lab is', () => {
    const place = { ...outside, launcher: '/srv/a b/lab', unitsDir: '/srv/a b/units' };
    expect(typedHere('fleetctl start code/ch6/web@1.service', place)).toBe(
      "'/srv/a b/lab' fleetctl start '/srv/a b/units'/web@1.service",
    );
  });
});

describe("an image's name", () => {
  it.each([
    ['memcached:1', 'library/memcached', '1'],
    ['memcached', 'library/memcached', 'latest'],
    ['mattbailey/ch6-web', 'mattbailey/ch6-web', 'latest'],
    ['mattbailey/ch6-web:2', 'mattbailey/ch6-web', '2'],
  ])('%s', (image, repository, tag) => {
    expect(imageName(image)).toEqual({ repository, tag });
  });
});
