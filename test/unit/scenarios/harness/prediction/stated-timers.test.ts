import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { burstMs as webBurstMs } from '#apps/web/src/stack.ts';
import { hurryMs, readConfig as readWebConfig } from '#apps/web/src/config.ts';
import { burstMs as workerBurstMs } from '#apps/worker/src/couchbase-discovery.ts';
import { announcementTtlSeconds, memcachedPort, serviceKey } from '#platform/etcd/keys/service-keys.ts';
import { presenceLeaseSeconds } from '#platform/etcd/keys/fleet-keys.ts';
import { fenceWaitMs as fleetdsWaitMs } from '#platform/fleet/daemon/fence.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { defaultApiPort } from '#platform/fleet/client/endpoint.ts';
import { readConfig as readFleetdConfig } from '#platform/fleet/daemon/config.ts';
import { resyncS, shutdownWaitS } from '#provision/cluster/ignition/machine-config.ts';
import { slowMachineFiles } from '#provision/cluster/ignition/slow-machine-files.ts';
import { couchbasePorts, pagePort } from '#scenarios/harness/context/ports.ts';
import { predictDetection } from '#scenarios/harness/prediction/detection.ts';
import { appTimers, bookWaits, fenceWaitMs, shippedRestartMs } from '#scenarios/harness/prediction/stated-timers.ts';
import { unitTimers } from '#scenarios/harness/prediction/unit-timers.ts';
import { keyTtlMs } from '#scenarios/harness/watch/key-ttl.ts';
import { layers } from '#scenarios/layers/layer.ts';
import { load } from '#test/unit/provision/config/config-directory.ts';

const root = join(import.meta.dirname, '../../../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const services = readdirSync(join(root, 'platform/systemd/units'));
const shipped = readdirSync(join(root, 'units')).filter((name) => name.endsWith('.service'));
const unitText = (name: string) => read(`${services.includes(name) ? 'platform/systemd/units' : 'units'}/${name}`);
const seconds = (text: string, key: string) => Number(new RegExp(`^${key}=(\\d+)s?$`, 'm').exec(text)?.[1]);

describe('what predictions count on is what the apps do', () => {
  const web = readWebConfig({}, {}, 'host');

  it('web: query, burst, hurry, port', () => {
    expect(appTimers).toEqual({ queryMs: web.periodMs, burstMs: webBurstMs, hurryMs });
    expect(pagePort).toBe(web.port);
  });

  it('worker: the same burst', () => expect(workerBurstMs).toBe(appTimers.burstMs));

  it('and no unit or image sets it otherwise', () => {
    const texts = [...shipped.map(unitText), ...['web', 'worker'].map((app) => read(`apps/${app}/Dockerfile`))];
    expect(texts.filter((text) => /ROWS_PERIOD_MS|\bPORT=/.test(text))).toEqual([]);
  });

  it('ports are those that units publish and images expose', () => {
    expect(unitText('web@.service')).toContain(` -p ${pagePort}:${pagePort} `);
    expect(unitText('couchbase@.service')).toContain(` -p ${couchbasePorts.rest}:${couchbasePorts.rest} `);
    expect(read('apps/couchbase/Dockerfile')).toContain(`EXPOSE ${couchbasePorts.rest} ${couchbasePorts.views} `);
    expect(read('apps/memcached/Dockerfile')).toContain(`EXPOSE ${memcachedPort}\n`);
  });
});

describe('what predictions count on is what the unit files say', () => {
  it.each(Object.entries(shippedRestartMs))('%s restarts after %i ms', (unit, restartMs) =>
    expect(unitTimers(unit, unitText(unit)).restartMs).toBe(restartMs),
  );

  it('for every unit that is deployed', () =>
    expect(Object.keys(shippedRestartMs)).toEqual(expect.arrayContaining(shipped)));

  it.each(layers.map((layer) => [layer.name, layer] as const))('layer %s waits what its own unit says', (_, layer) => {
    const { restartMs } = unitTimers(layer.unit, unitText(layer.unit.replace(/@\d+/, '@')));
    expect(layer.restart.terms).toMatch(new RegExp(`^RestartSec ${restartMs / 1000} s \\+`));
    expect(layer.restart.minMs).toBeGreaterThanOrEqual(restartMs);
  });

  it.each(['couchbase', 'memcached'])('%s is announced for the time of its lease', (kind) => {
    const ttl = announcementTtlSeconds;
    const unit = unitText(`${kind}-sidekick@.service`);
    const book = read(`units/book/${kind}-sidekick@.service`);
    for (const text of [unit, book]) expect(keyTtlMs(text, 1)).toBe(ttl * 1000);
    expect(keyTtlMs(unit, 2.2)).toBe(Math.ceil(ttl * 2.2) * 1000);
    // As a run learns it: from fleet's options.
    const values = parseUnitFile(unit, kind).map(({ value }) => value);
    expect(keyTtlMs(values.join('\n'), 1)).toBe(ttl * 1000);
    expect(book.match(/--ttl \d+/g)).toEqual([`--ttl ${ttl}`, `--ttl ${ttl}`]);
    expect(Number(/sleep (\d+)/.exec(book)?.[1])).toBeLessThan(ttl);
    const keys = new Set([unit, book].flatMap((text) => text.match(/\/services\/\S+?\/%i/g)));
    expect([...keys]).toEqual([serviceKey(kind, '%i')]);
  });

  it("the book's Couchbase sleeps before it is initialised, and between two tries", () => {
    const sleeps = read('units/book/couchbase@.service').match(/sleep \d+/g);
    expect(sleeps).toEqual([`sleep ${bookWaits.sleepMs / 1000}`, `sleep ${bookWaits.retryMs / 1000}`]);
  });

  it('a slow machine gives services as many times the time of their units', () => {
    const { timers } = load({ toml: '', hostCpus: 4 });
    const contents = (path: string) => {
      const file = slowMachineFiles({ timers, stretch: 3 }).find((one) => one.path === path);
      return decodeURIComponent(String(file?.contents?.source));
    };
    for (const service of ['fleet', 'docker']) {
      const stopS = seconds(unitText(`${service}.service`), 'TimeoutStopSec');
      expect(stopS).toBeGreaterThan(0);
      expect(contents(`/etc/systemd/system/${service}.service.d/10-slow.conf`)).toContain(
        `TimeoutStopSec=${3 * stopS}s`,
      );
    }
    expect(contents('/etc/lab/sidekick.env')).toContain(`KEY_TTL=${3 * announcementTtlSeconds}\n`);
  });
});

describe("fleetd's own times are those that a machine is given", () => {
  const fleetd = readFleetdConfig(['--machine-id=1'], {}, () => undefined).config;
  const lab = load({ toml: '', hostCpus: 4 });

  it('TTL, resync, wait for its units, port', () => {
    expect(fleetd).toMatchObject({ resyncMs: resyncS * 1000, shutdownWaitMs: shutdownWaitS * 1000 });
    expect(fleetd.agentTtl * 1000).toBe(lab.timers.fleetAgentTtlMs);
    expect(lab.ports.fleetApi).toBe(defaultApiPort);
    expect(fleetd.listen).toContain(`0.0.0.0:${defaultApiPort}`);
  });

  it.each([2, 3, 5, 10, 30, 50, 300])('a fence with a TTL of %i s', (ttl) =>
    expect(fenceWaitMs(ttl * 1000)).toBe(fleetdsWaitMs(ttl)),
  );

  it('it is done before systemd ends it', () =>
    expect(shutdownWaitS).toBeLessThan(seconds(unitText('fleet.service'), 'TimeoutStopSec')));

  it.each([2, 3, 5, 30])(
    'a machine that says nothing with a TTL of %i s is gone after its lease, no earlier',
    (ttl) => {
      const leaseMs = presenceLeaseSeconds(ttl) * 1000;
      const predicted = predictDetection('cut', { ...lab.timers, fleetAgentTtlMs: ttl * 1000 }, 1, false);
      expect(predicted.minMs).toBe((leaseMs * 3) / 4);
      expect(predicted.maxMs).toBeGreaterThanOrEqual(leaseMs);
      expect(predicted.terms).toContain(`presence lease ${leaseMs / 1000} s`);
    },
  );
});
