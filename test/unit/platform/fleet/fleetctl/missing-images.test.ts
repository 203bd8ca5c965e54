import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { pulledImages } from '#platform/fleet/client/pulled-images.ts';
import { judgeLaunch, type Progress } from '#platform/fleet/fleetctl/launch-look.ts';
import { missingImages } from '#platform/fleet/fleetctl/missing-images.ts';

const pull = (image: string) => ({ section: 'Service', name: 'ExecStartPre', value: `/usr/bin/docker pull ${image}` });
const machine = { id: 'a', primaryIP: '172.17.8.101' };

it('finds what a unit pulls', () => {
  expect(pulledImages([pull('a/b'), pull('a/b'), { ...pull('c'), section: 'Unit' }, pull('-q d:1')])).toEqual([
    'a/b',
    'd:1',
  ]);
});

it('asks the registry for it, as a machine would', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.statusCode = request.url?.includes('there') === true ? 200 : 404;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = [pull('there'), pull('mattbailey/gone:2'), pull('other.invalid/x')];
  expect(await missingImages(options, registry)).toEqual(['mattbailey/gone:2']);
  expect(asked.sort()).toEqual(['HEAD /v2/library/there/manifests/latest', 'HEAD /v2/mattbailey/gone/manifests/2']);
  await new Promise((done) => server.close(done));
  expect(await missingImages(options, registry)).toEqual([]);
  expect(await missingImages(options, undefined)).toEqual([]);
});

it('a start that fails for want of an image says which command makes it, at once', () => {
  const look = (progress: Progress) =>
    judgeLaunch({
      unit: { name: 'worker.service', currentState: 'launched', desiredState: 'launched', machineID: 'a' },
      state: {
        name: 'worker.service',
        machineID: 'a',
        systemdLoadState: 'loaded',
        systemdActiveState: 'activating',
        systemdSubState: 'auto-restart',
      },
      machines: [machine],
      wanted: 'launched',
      waitedMs: 1_000,
      progress,
      announce: () => undefined,
    });
  expect(look({ announced: true })).toHaveProperty('missing');
  const { failed } = look({ announced: true, lacks: 'mattbailey/ch6-worker' }) as { failed: Error };
  expect(failed).toMatchObject({
    code: 'command.start',
    evidence: ["the lab's registry has no image mattbailey/ch6-worker, and the machines reach no other"],
    next: expect.stringContaining('lab image build DIR -t mattbailey/ch6-worker') as string,
  });
});
