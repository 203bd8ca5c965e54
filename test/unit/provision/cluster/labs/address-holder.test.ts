import { expect, it } from 'vitest';
import { heldBy } from '#provision/cluster/labs/address-holder.ts';
import { loadConfig } from '#provision/config/load-config.ts';

const config = loadConfig(process.cwd(), {}, 4, 'nspawn', 'second');
const now = new Date(2026, 2, 5, 12, 0, 0);
const maker = { checkout: '/srv/my lab', configDir: '/etc/labs/one' };
const since = new Date(2026, 2, 5, 9, 3, 7).getTime();

it('says who has the addresses, since when, and from which checkout; and both ways out', () => {
  const { code, message, next } = heldBy(config, { name: 'lab', since }, { running: ['core-01'], maker, now });
  expect(code).toBe('busy.range');
  expect(message).toBe(
    'lab second cannot have 172.17.8.0/24 while lab lab has it: it runs core-01, and is up since 09:03:07, made by /srv/my lab',
  );
  expect(next).toContain("cd '/srv/my lab' && LAB_CONFIG_DIR=/etc/labs/one ./lab --name lab halt");
  expect(next).toContain('[network]');
});

it('of one that cannot be asked, and does not say who made it, what is known', () => {
  const { message, next } = heldBy(config, { name: 'old' }, { running: undefined, maker: undefined, now });
  expect(message).toContain('while lab old has it: it is up');
  expect(next).toMatch(/^lab --name old halt/);
});
