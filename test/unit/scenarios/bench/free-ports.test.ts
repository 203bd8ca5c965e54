import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '#scenarios/bench/fleet/free-ports.ts';

test('ports that no connection of this host will have, each only once, and none that is taken', async () => {
  const [low = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/u).map(Number);
  const [first = 0, ...more] = await freePorts(20);
  expect(new Set([first, ...more]).size).toBe(20);
  for (const port of [first, ...more]) expect(port).toBeLessThan(Math.max(low, 32_768));
  const taken = createServer().listen(Math.max(...more) + 1, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  onTestFinished(() => void taken.close());
  expect(await freePorts(5)).not.toContain((taken.address() as AddressInfo).port);
});
