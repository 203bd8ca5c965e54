import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { memberPort } from '#platform/etcd/ports.ts';
import { lookAtMembers } from '#provision/cluster/members/look-at-members.ts';

/** A busy member: each answer comes this late. Only the timing is under test, so any HTTP server will do. */
const lateMs = 1_200;
/** So that a question may take 4 s: a host that is busy, too, has time left. */
const stretch = 4;
/** A network of this process's own keeps apart what else runs tests on this host. */
const net = `127.${20 + ((process.pid >> 8) % 40)}.${process.pid % 256}`;
const addresses = [1, 2, 3].map((n) => `${net}.${n}`);
let servers: Server[] = [];

afterEach(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  servers = [];
});

async function busyMember(address: string): Promise<void> {
  const server = createServer((request, response) => {
    const answer = request.url === '/health' ? { health: 'true' } : { members: [{ ID: '1', name: address }] };
    setTimeout(() => response.end(JSON.stringify(answer)), lateMs);
  });
  servers.push(server);
  await once(server.listen(memberPort, address), 'listening');
}

it.each([0, 1, 2])('waits for a busy member alike, whichever it is of those asked (here number %i)', async (which) => {
  const address = addresses[which] ?? '';
  await busyMember(address);
  expect(await lookAtMembers(addresses, stretch)).toMatchObject({ quorum: true, members: [{ name: address }] });
});

it('waits as many times longer on a slow host', async () => {
  await busyMember(addresses[0] ?? '');
  expect(await lookAtMembers(addresses, 0.1)).toBeUndefined();
  expect(await lookAtMembers(addresses, stretch)).toBeDefined();
});
