import { expect, it } from 'vitest';
import { clockErrorOf } from '#scenarios/harness/probes/clock-error.ts';
import { leasesIn, pairsIn, servicesIn } from '#scenarios/harness/probes/services.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const kv = (key: string, value?: string) => ({
  key: base64(key),
  ...(value !== undefined && { value: base64(value) }),
});

it('reads addresses and whose machine they are on; what is no address is left out', () => {
  const pairs = pairsIn(
    JSON.stringify({
      responses: [
        {
          response_range: {
            kvs: [
              kv('/services/couchbase/1', '10.1.5.2'),
              kv('/services/memcached/1', '10.1.9.3:11212\n'),
              kv('/services/memcached/2', ''),
              kv('/services/memcached/3'),
            ],
          },
        },
        {
          response_range: {
            kvs: [
              kv('/coreos.com/network/subnets/10.1.5.0-24', '{"PublicIP":"172.17.8.102","BackendType":"host-gw"}'),
              kv('/coreos.com/network/subnets/10.1.6.0-24', 'no lease'),
            ],
          },
        },
      ],
    }),
  );
  const leases = leasesIn(pairs);
  expect(leases).toEqual([{ subnet: '10.1.5.0/24', via: '172.17.8.102' }]);
  expect(servicesIn(pairs, leases, [{ machine: 'core-02', host: '172.17.8.102', port: 2379 }])).toEqual([
    { id: 'couchbase/1', host: '10.1.5.2', port: undefined, machine: 'core-02' },
    { id: 'memcached/1', host: '10.1.9.3', port: 11212, machine: undefined },
  ]);
});

it('an etcd without any key has no services', () => {
  expect(pairsIn('{"header":{},"responses":[{"response_range":{"header":{}}},{"response_range":{}}]}')).toEqual([]);
  expect(pairsIn('{}')).toEqual([]);
});

it('the clock error of a machine: least, median and worst of its lines, other lines left out', () => {
  const line = (sent: number, wallMs: number) => ({ wallMs, message: `clock ${sent.toFixed(3)}` });
  const lines = [line(100, 100.5), line(200, 198), line(300, 340), { wallMs: 1, message: 'Started lab-clock.' }];
  expect(clockErrorOf('core-01', lines)).toEqual({
    machine: 'core-01',
    leastMs: 0.5,
    medianMs: -2,
    worstMs: 40,
    lines: 3,
  });
  expect(clockErrorOf('core-01', [])).toMatchObject({ lines: 0, medianMs: 0 });
});
