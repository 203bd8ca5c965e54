import { expect, it } from 'vitest';
import { chooseRoles, unitsOn } from '#scenarios/quorum/roles.ts';
import { unit, view } from '../recorded.ts';

const three = ['core-01', 'core-02', 'core-03'];
const deployed = view({
  machines: three,
  units: [
    unit('couchbase@1.service', 'core-02'),
    unit('memcached@1.service', 'core-03'),
    unit('web@1.service', 'core-01'),
    unit('web@2.service', 'core-02'),
    unit('web@3.service', 'core-03'),
  ],
});

it('halts the machine with Couchbase and keeps the one with a page and the most units', () => {
  expect(chooseRoles(three, deployed)).toEqual({
    halted: ['core-02', 'core-01'],
    staying: ['core-03'],
    witness: 'core-03',
  });
});

it('takes three of five away', () => {
  const { halted, staying } = chooseRoles([...three, 'core-04', 'core-05'], deployed);
  expect(halted).toEqual(['core-02', 'core-01', 'core-04']);
  expect(staying).toEqual(['core-03', 'core-05']);
});

it('refuses what it cannot show, saying why', () => {
  expect(() => chooseRoles(['core-01'], deployed)).toThrow('a lab of 1 has nobody left without its quorum');
  expect(() => chooseRoles(three, view({ machines: three }))).toThrow('couchbase@1.service runs on no machine');
  const alone = view({
    machines: three,
    units: [unit('couchbase@1.service', 'core-02'), unit('web@2.service', 'core-02')],
  });
  expect(() => chooseRoles(three, alone)).toThrow("no web unit runs beside core-02's");
});

it('names the units that are active on a machine', () => {
  expect(unitsOn(deployed, 'core-02')).toEqual(['couchbase@1.service', 'web@2.service']);
});
