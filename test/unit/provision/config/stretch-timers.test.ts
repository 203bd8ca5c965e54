import { expect, it } from 'vitest';
import { stretchFactor, stretchTimers } from '#provision/config/stretch-timers.ts';
import { load } from './config-directory.ts';

const guests = (toml = '') => load({ rb: '', toml, hostCpus: 2, provider: 'vagrant' });

it('takes the configured factor, else one that suits emulated guests', () => {
  expect(stretchFactor(guests('[vagrant]\nstretch = 3\n').vagrant, true)).toBe(3);
  expect(stretchFactor(guests().vagrant, false)).toBe(1);
  expect(stretchFactor(guests().vagrant, true)).toBeGreaterThan(1);
});

it('stretches what guests are waited for, says so, and leaves the building of images alone', () => {
  const config = guests();
  const slow = stretchTimers(config, 4);
  expect(slow.timers.fleetAgentTtlMs).toBe(config.timers.fleetAgentTtlMs * 4);
  expect(slow.timers.bootDeadlineMs).toBe(config.timers.bootDeadlineMs * 4);
  expect(slow.timers.imageBuildDeadlineMs).toBe(config.timers.imageBuildDeadlineMs);
  expect(slow.notices.at(-1)).toContain('4 times as long');
  expect(stretchTimers(config, 1)).toBe(config);
});

it('stretches containers on a slow host alone, and guests there by both factors', () => {
  const host = load({ rb: '', toml: '[timers]\nstretch = 3\n', hostCpus: 2 });
  expect(stretchTimers(host, 1)).toMatchObject({
    stretch: 3,
    timers: { bootDeadlineMs: host.timers.bootDeadlineMs * 3 },
  });
  expect(stretchTimers(guests('[timers]\nstretch = 3\n'), 10).stretch).toBe(30);
});
