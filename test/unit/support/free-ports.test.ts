import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '#test/support/free-ports.ts';

test('ports that no connection of this host will have, each only once, and none that is taken', async () => {
  const [low = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/u).map(Number);
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  for (const port of ports) expect(port).toBeLessThan(Math.max(low, 32_768));
  const next = Math.max(...ports) + 1;
  const taken = createServer();
  // Unless somebody else has it, which is as good.
  await new Promise((resolve) => taken.once('listening', resolve).once('error', resolve).listen(next, '127.0.0.1'));
  onTestFinished(() => void taken.close());
  expect(await freePorts(5)).not.toContain(next);
});
