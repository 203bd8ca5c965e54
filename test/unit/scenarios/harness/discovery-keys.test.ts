import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { DiscoveryKeys } from '../../../../scenarios/harness/discovery-keys.ts';

// Members are told apart by address, as etcd's are: two of the loopback network, at etcd's own port.
const [silent, sound] = ['127.60.0.1', '127.60.0.2'];
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
    const kvs = [{ key: Buffer.from('/services/couchbase/1').toString('base64'), value: 'MTAuMS4yLjM=' }];
    if (answers) response.end(JSON.stringify({ kvs }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(2379, address, resolve));
  expect((server.address() as AddressInfo).port).toBe(2379);
  return count;
}

it('asks a member that stands still once, and then the one that answered', async () => {
  const still = await member(silent, false);
  const other = await member(sound, true);
  const keys = new DiscoveryKeys([silent, sound], 2_000);
  for (let time = 0; time < 3; time++) expect(await keys.read()).toEqual({ '/services/couchbase/1': '10.1.2.3' });
  expect([still.asked, other.asked]).toEqual([1, 3]);
});

it('says so when no member answers', async () => {
  await member(silent, false);
  await expect(new DiscoveryKeys([silent, sound], 100).read()).rejects.toMatchObject({ code: 'timeout.etcd' });
});
