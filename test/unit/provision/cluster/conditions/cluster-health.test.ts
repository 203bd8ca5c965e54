import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { memberPort } from '#platform/etcd/ports.ts';
import { etcdHealthy, fleetLists, fleetMachines } from '#provision/cluster/conditions/conditions.ts';

// The probes build their URLs from an address and a port that is the same on every machine; the loopback network has
// addresses enough for a cluster. A network of this process's own keeps apart what else runs tests on this host.
const net = `127.${80 + ((process.pid >> 8) % 100)}.${process.pid % 256}`;
const etcdPort = memberPort;
const ended: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** An HTTP server on an address of the loopback network that answers one path with this. Returns its port. */
async function serve(address: string, port: number, path: string, answer: unknown, status = 200): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === path ? status : 404);
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  ended.push(() => new Promise((resolve) => server.close(() => resolve())));
  server.unref();
  const bound = server.address();
  return typeof bound === 'object' ? (bound?.port ?? 0) : 0;
}

const etcd = (address: string, answer: unknown, status?: number) => serve(address, etcdPort, '/health', answer, status);
const fleet = (address: string, port: number, machines: readonly string[]) =>
  serve(address, port, '/fleet/v1/machines', { machines: machines.map((primaryIP) => ({ id: 'x', primaryIP })) });

const plain = (port: number) => ({ urlOf: (address: string) => `http://${address}:${port}`, credentials: () => ({}) });

it('etcd is healthy when every member says so, and only then', async () => {
  const addresses = [`${net}.1`, `${net}.2`];
  const condition = etcdHealthy(addresses);
  expect(condition.name).toBe('2 etcd members healthy');
  expect(await condition.missing()).toBe('0 of 2 etcd members healthy');
  await etcd(`${net}.1`, { health: 'true' });
  await expect.poll(() => condition.missing()).toBe('1 of 2 etcd members healthy');
  await etcd(`${net}.2`, { health: 'true' });
  await expect.poll(() => condition.missing()).toBeUndefined();
});

it.each([
  ['says it is not healthy', { health: 'false' }, 503],
  ['says so with a friendly status', { health: 'false' }, 200],
  ['answers no JSON', 'not etcd', 200],
])('a member that %s is not healthy', async (_, answer, status) => {
  await etcd(`${net}.3`, answer, status);
  expect(await etcdHealthy([`${net}.3`]).missing()).toBe('0 of 1 etcd members healthy');
});

it('fleet lists the machines when all of these are among those it names', async () => {
  const machines = [`${net}.1`, `${net}.2`];
  const port = await fleet(`${net}.1`, 0, [`${net}.1`, `${net}.9`]);
  await expect.poll(() => fleetLists(machines, plain(port)).missing()).toBe('fleet lists 1 of 2 machines');
  const complete = await fleet(`${net}.2`, 0, [`${net}.2`, `${net}.1`]);
  await expect.poll(() => fleetLists([`${net}.2`, `${net}.1`], plain(complete)).missing()).toBeUndefined();
});

it('asks the next machine when the first does not answer', async () => {
  const port = await fleet(`${net}.2`, 0, [`${net}.2`]);
  await expect.poll(() => fleetMachines([`${net}.1`, `${net}.2`], plain(port))).toEqual([`${net}.2`]);
});

it('says so when no API answers, and an empty cluster has no machines', async () => {
  const port = await serve(`${net}.1`, 0, '/fleet/v1/machines', {}, 503);
  expect(await fleetMachines([`${net}.1`], plain(port))).toBeUndefined();
  await expect.poll(() => fleetLists([`${net}.1`], plain(port)).missing()).toBe("fleet's API does not answer yet");
  const empty = await serve(`${net}.2`, 0, '/fleet/v1/machines', {});
  await expect.poll(() => fleetMachines([`${net}.2`], plain(empty))).toEqual([]);
});
