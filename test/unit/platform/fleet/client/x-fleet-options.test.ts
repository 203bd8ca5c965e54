import { expect, test } from 'vitest';
import { xFleetOptions } from '#platform/fleet/client/x-fleet-options.ts';

test('says of an instance what its template means for it, by the names of today', () => {
  const options = [
    { section: 'Unit', name: 'After', value: 'memcached@%i.service' },
    { section: 'X-Fleet', name: 'MachineOf', value: 'memcached@%i.service' },
    { section: 'X-Fleet', name: 'X-Conflicts', value: '%p@*.service' },
  ];
  expect(xFleetOptions('memcached-sidekick@1.service', options)).toEqual([
    { name: 'MachineOf', value: 'memcached@1.service' },
    { name: 'Conflicts', value: 'memcached-sidekick@*.service' },
  ]);
});
