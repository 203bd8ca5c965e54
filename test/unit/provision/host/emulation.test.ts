import { expect, it } from 'vitest';
import { load } from '../config/config-directory.ts';
import { check } from './run-check.ts';

const virt = (answer: string | undefined) => ({ output: { 'systemd-detect-virt --vm': answer } });

it.each([['none'], ['kvm\n'], ['vmware'], ['oracle'], [undefined], ['']])(
  'has nothing to say of a host whose CPU is its own (%s)',
  async (answer) => {
    expect(await check('emulation', virt(answer))).toMatchObject({ status: 'ok', detail: 'not emulated' });
  },
);

it.each(['qemu\n', 'bochs'])('warns of an emulated CPU (%s), until timers are longer', async (answer) => {
  const found = await check('emulation', virt(answer));
  expect(found).toMatchObject({ status: 'warn', fix: 'stretch = 10 under [timers] in lab.toml' });
  expect(found.report.ok).toBe(true);
  const stretched = load({ toml: '[timers]\nstretch = 4\n' });
  expect(await check('emulation', virt(answer), stretched)).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('every timer is 4 times as long') as string,
  });
});
