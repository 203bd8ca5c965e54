import { describe, expect, it } from 'vitest';
import { type Description, modules } from './described-host.ts';
import { check } from './run-check.ts';

describe("the kernel's network", () => {
  it.each<[string, string, Description, 'ok' | 'warn' | 'fail', RegExp, RegExp]>([
    [
      'shows no bridge',
      'kernel-network',
      { files: { '/sys/module/bridge': undefined } },
      'warn',
      /no sign of bridge/,
      /ip link add/,
    ],
    [
      'loads bridge and veth',
      'kernel-network',
      { files: { '/sys/module/bridge': undefined, '/sys/module/veth': undefined, ...modules('bridge', 'veth') } },
      'ok',
      /loadable/,
      /^$/,
    ],
    [
      'may not load veth',
      'kernel-network',
      { files: { '/sys/module/veth': undefined, ...modules('veth'), '/sbin/modprobe': undefined } },
      'fail',
      /^veth is not loaded, and there is no/,
      /kmod/,
    ],
    [
      'lacks what loses packets',
      'kernel-faults',
      { files: modules('nf_tables', 'nft_compat') },
      'warn',
      /^no packet-loss, without xt_statistic$/,
      /netfilter/,
    ],
    [
      'lacks what the old ebtables needs',
      'kernel-faults',
      {
        files: modules('nf_tables', 'nft_compat', 'xt_statistic', 'ebtables'),
        links: { '/etc/alternatives/ebtables': '/usr/sbin/ebtables-legacy' },
      },
      'warn',
      /^no partition, without ebtable_filter$/,
      /netfilter/,
    ],
    [
      'has all of them',
      'kernel-faults',
      { files: modules('nf_tables', 'nft_compat', 'xt_statistic') },
      'ok',
      /partition/,
      /^$/,
    ],
  ])('%s (%s)', async (_, id, changes, status, detail, fix) => {
    const found = await check(id, changes);
    expect(found).toMatchObject({ status });
    expect(found.detail).toMatch(detail);
    expect(found.fix ?? '').toMatch(fix);
  });
});
