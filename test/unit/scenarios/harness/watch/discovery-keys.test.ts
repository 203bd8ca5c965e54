import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { base64Form } from '#platform/etcd/base64.ts';
import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import { memberPort } from '#platform/etcd/ports.ts';
import { DiscoveryKeys } from '#scenarios/harness/watch/discovery-keys.ts';

// Members are told apart by address, as etcd's are: two of the loopback network, at etcd's own port. A network of this process's own keeps
// apart what else runs tests on this host.
const net = `127.${60 + ((process.pid >> 8) % 20)}.${process.pid % 256}`;
const [silent, sound] = [`${net}.1`, `${net}.2`];
const key = serviceKey('couchbase', 1);
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** As much of etcd's gateway as a range needs; one that stands still takes requests and never answers. */
async function member(address: string, answers: boolean): Promise<{ asked: number }> {
  const count = { asked: 0 };
  const server = createServer((_request, response) => {
    count.asked += 1;
    const kvs = [{ key: base64Form.encode(Buffer.from(key)), value: 'MTAuMS4yLjM=' }];
    if (answers) response.end(JSON.stringify({ kvs }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(memberPort, address, resolve));
  expect((server.address() as AddressInfo).port).toBe(memberPort);
  return count;
}

it('asks a member that stands still once, and then the one that answered', async () => {
  const still = await member(silent, false);
  const other = await member(sound, true);
  const keys = new DiscoveryKeys([silent, sound], 3_000);
  for (let time = 0; time < 3; time++) expect(await keys.read()).toEqual({ [key]: '10.1.2.3' });
  expect([still.asked, other.asked]).toEqual([1, 3]);
});

it('says so when no member answers', async () => {
  await member(silent, false);
  await expect(new DiscoveryKeys([silent], 1_500).read()).rejects.toMatchObject({ code: 'timeout.etcd' });
  // At the other address nobody listens.
  const both = new DiscoveryKeys([silent, sound], 1_500).read();
  await expect(both).rejects.toMatchObject({ code: 'timeout.etcd-connect' });
});
