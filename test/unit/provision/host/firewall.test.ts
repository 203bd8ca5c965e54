import { describe, expect, it } from 'vitest';
import { check } from './run-check.ts';

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

const base = (hook: string, policy: string, table = 'filter'): Chain => ({
  family: 'inet',
  table,
  name: hook,
  hook,
  policy,
});

function nft(chains: readonly Chain[], rules: readonly unknown[] = []) {
  const text = (objects: readonly unknown[]) =>
    JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, ...objects] });
  return {
    output: {
      'nft -j list chains': text(chains.map((chain) => ({ chain }))),
      ...Object.fromEntries(
        chains.map(({ family, table }) => [
          `nft -j list table ${family} ${table}`,
          text(rules.map((expr) => ({ rule: { family, table, expr } }))),
        ]),
      ),
    },
  };
}

const established = [
  { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } },
  { accept: null },
];

describe('firewall', () => {
  it.each<[string, Parameters<typeof check>[1], RegExp]>([
    ['none', {}, /nothing is dropped/],
    [
      "Docker's, which drops what is forwarded",
      nft([{ family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', policy: 'drop' }]),
      /nothing/,
    ],
    ['one that lets answers in', nft([base('input', 'drop')], [established]), /lets answers through/],
    [
      "ufw's, by iptables' matches",
      nft(
        [{ ...base('input', 'drop'), family: 'ip', name: 'INPUT' }],
        [[{ xt: { type: 'match', name: 'conntrack' } }, { accept: null }]],
      ),
      /lets answers through/,
    ],
    [
      'one with a rule for the link',
      nft(
        [base('output', 'drop')],
        [[{ match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'lab-lab' } }, { accept: null }]],
      ),
      /drops, but/,
    ],
    ["firewalld's", nft([{ ...base('input', 'accept', 'firewalld'), name: 'filter_INPUT' }]), /firewalld is active/],
    ['one of bridges', nft([{ ...base('input', 'drop'), family: 'bridge' }]), /nothing/],
    ['odd output', { output: { 'nft -j list chains': '{"nftables": [null, {"chain": 3}]}' } }, /nothing/],
    ['no JSON', { output: { 'nft -j list chains': 'Error' } }, /nothing/],
    [
      'iptables where there is no nft',
      { output: { 'iptables-nft -S': '-P INPUT DROP\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n' } },
      /lets answers/,
    ],
  ])('no harm: %s', async (_, changes, detail) => {
    const found = await check('firewall', changes);
    expect(found).toMatchObject({ status: 'ok' });
    expect(found.detail).toMatch(detail);
  });

  it('warns of one that drops every answer, or everything that leaves', async () => {
    expect(await check('firewall', nft([base('input', 'drop')]))).toMatchObject({
      status: 'warn',
      detail: "chain input of table inet filter drops the machines' answers (link lab-lab)",
      fix: 'nft insert rule inet filter input iifname "lab-lab" accept',
    });
    expect(await check('firewall', nft([base('input', 'drop'), base('output', 'drop')], [established]))).toMatchObject({
      status: 'warn',
      detail: 'chain output of table inet filter drops what the host sends to machines (link lab-lab)',
      fix: 'nft insert rule inet filter output oifname "lab-lab" accept',
    });
  });

  it("has firewalld's own remedy where it is active", async () => {
    const chains = [base('output', 'drop', 'firewalld')];
    expect((await check('firewall', nft(chains))).fix).toMatch(
      /^firewall-cmd .*--zone=trusted --add-interface=lab-lab/,
    );
  });

  it('reads rules of the old kind where there are any', async () => {
    const output = { 'iptables-legacy -S': '-P INPUT ACCEPT\n-P OUTPUT DROP\n' };
    expect(await check('firewall', { output })).toMatchObject({ status: 'ok' });
    const found = await check('firewall', { output, files: { '/proc/net/ip_tables_names': 'nat\nfilter\n' } });
    expect(found).toMatchObject({ status: 'warn', fix: 'iptables-legacy -I OUTPUT -o lab-lab -j ACCEPT' });
  });
});
