import { describe, expect, it } from 'vitest';
import { check } from './run-check.ts';

const usual = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
];

const toAll = { dst: 'default', dev: 'wg0', flags: [] };

function host(rules: readonly unknown[], routes: Readonly<Record<string, unknown>> = {}) {
  const list = [...usual, ...rules].sort(
    (a, b) => (a as (typeof usual)[0]).priority - (b as (typeof usual)[0]).priority,
  );
  return {
    output: {
      'ip -json rule': JSON.stringify(list),
      ...Object.fromEntries(
        Object.entries(routes).map(([table, found]) => [`ip -json route show table ${table}`, JSON.stringify(found)]),
      ),
    },
  };
}

describe('routing rules', () => {
  it.each<[string, ReturnType<typeof host>]>([
    ['the usual ones', host([])],
    [
      "wg-quick's, which asks main first for all but its default route",
      host(
        [
          { priority: 32764, src: 'all', table: 'main', suppress_prefixlen: 0 },
          { priority: 32765, not: null, src: 'all', fwmark: '0xca6c', table: '51820' },
        ],
        { 51820: [toAll] },
      ),
    ],
    [
      "Tailscale's, whose table has only its own addresses",
      host(
        [
          { priority: 5210, src: 'all', fwmark: '0x80000', fwmask: '0xff0000', table: 'main' },
          { priority: 5250, src: 'all', fwmark: '0x80000', fwmask: '0xff0000', action: 'unreachable' },
          { priority: 5270, src: 'all', table: '52' },
        ],
        {
          52: [
            { dst: '100.100.100.100', dev: 'tailscale0' },
            { type: 'throw', dst: '172.17.0.0/16' },
          ],
        },
      ),
    ],
    ['one for a source of the host', host([{ priority: 9, src: '192.0.2.9', table: '7' }], { 7: [toAll] })],
    [
      'one for other destinations',
      host([{ priority: 9, src: 'all', dst: '192.0.2.0', dstlen: 24, table: '7' }], { 7: [toAll] }),
    ],
    ['one with an empty table', host([{ priority: 9, src: 'all', table: '7' }])],
    ['a VRF', host([{ priority: 1000, src: 'all', l3mdev: null, table: '[l3mdev-table]' }])],
    [
      'its own remedy',
      host(
        [
          { priority: 100, src: 'all', dst: '172.17.8.0', dstlen: 24, table: 'main' },
          { priority: 100, src: 'all', dst: '10.1.0.0', dstlen: 16, table: 'main' },
          { priority: 200, src: 'all', table: '51820' },
        ],
        { 51820: [toAll] },
      ),
    ],
    ['nothing to be read', { output: { 'ip -json rule': '' } }],
    ['odd output', { output: { 'ip -json rule': '[3, null, {"priority": "x"}]' } }],
  ])('no harm: %s', async (_, changes) => {
    expect(await check('routing-rules', changes)).toMatchObject({ status: 'ok' });
  });

  it('warns of a table that takes everything before main', async () => {
    const found = await check(
      'routing-rules',
      host([{ priority: 50, src: 'all', table: '51820' }], { 51820: [toAll] }),
    );
    expect(found).toMatchObject({
      status: 'warn',
      detail: 'rule 50 (lookup 51820) takes 172.17.8.0/24 and 10.1.0.0/16 to wg0, past the lab',
      fix: 'ip rule add to 172.17.8.0/24 lookup main priority 49 && ip rule add to 10.1.0.0/16 lookup main priority 49',
    });
  });

  it('warns of the one network that another table has a route for', async () => {
    const routes = { 52: [{ dst: '10.0.0.0/8', dev: 'tailscale0' }] };
    const found = await check('routing-rules', host([{ priority: 5270, src: 'all', table: '52' }], routes));
    expect(found).toMatchObject({
      status: 'warn',
      detail: 'rule 5270 (lookup 52) takes 10.1.0.0/16 to tailscale0, past the lab',
    });
    expect(found.fix).toBe('ip rule add to 10.1.0.0/16 lookup main priority 100');
  });

  it('warns of a rule that ends everything', async () => {
    const found = await check('routing-rules', host([{ priority: 5, src: 'all', action: 'unreachable' }]));
    expect(found).toMatchObject({ status: 'warn', detail: expect.stringContaining('to unreachable') as string });
  });
});
