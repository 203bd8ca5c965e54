import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { hasOracle, oracle } from './oracle.ts';
import { ours, type Outcome } from './ours.ts';
let etcd: RealEtcd;
beforeAll(async () => {
  etcd = await realEtcd({ members: 3, args: ['--enable-v2=true'] });
});
afterAll(() => etcd.stop());

/** v2 and v3 have the members in different orders; Node and Go word a refused connection differently. */
function comparable({ code, stdout, stderr }: Outcome): Outcome {
  const plain = (text: string) => text.replace(/^(failed to check .*?: Get )"?(\S+?)"?: .*$/gm, '$1$2: reason');
  return { code, stdout: plain(stdout).split('\n').sort().join('\n'), stderr };
}

async function both(line: string, endpoints = etcd.endpoints): Promise<{ got: Outcome; expected: Outcome }> {
  const words = line.split(' ');
  const [expected, got] = await Promise.all([oracle(words, endpoints), ours(words, endpoints)]);
  return { got: comparable(got), expected: comparable(expected) };
}

describe.skipIf(!hasOracle)('members and their health, as etcdctl 2.x says it', () => {
  test.each([
    'cluster-health', 'cluster-health extra', 'member list', 'member list x', 'member list -- x', 'member add', 'member add a', 'member add a b c', 'member add a nonsense',
    'member remove', 'member remove zz', 'member remove 12345', 'member remove m0', 'member update', 'member update 5', 'member update 5 http://127.0.0.1:9',
    '--cert-file /nope --key-file /nope ls', '--ca-file /nope ls', 'help nope', '-u root:secret ls /', '--no-sync --timeout 1h --total-timeout 1m30s ls /',
  ])('%s', async (line) => {
    const { got, expected } = await both(line);
    // 3.4 adds where to read more about members that are named instead of numbered.
    expected.stderr = expected.stderr.replace(/^For more details.*\n\n/m, '');
    if (line === 'member update 5 http://127.0.0.1:9' || line === 'member add a nonsense') {
      // Which words etcd itself has for it is not etcdctl's matter: one line, the same code.
      expect(got.code).toBe(expected.code);
      expect(got.stderr).toMatch(/^.+\n$/);
    } else expect(got).toEqual(expected);
  }); // prettier-ignore

  const whenTaken = (run: () => Promise<Outcome>) =>
    vi.waitFor(
      async () => {
        const out = await run();
        if (out.code !== 0) throw new Error(out.stderr);
        return out;
      },
      { timeout: 30_000, interval: 500 },
    );

  test('a member comes, changes its address and goes', async () => {
    const fresh = await realEtcd({ members: 3, args: ['--enable-v2=true'] });
    try {
      const plain = ({ code, stdout, stderr }: Outcome) => {
        const initial = /(?<=ETCD_INITIAL_CLUSTER=")[^"]*/;
        const sorted = stdout.replace(initial, (list) => list.replaceAll(/127.0.0.1:\d{4,}/g, 'A').split(',').sort().join());
        return { code, stdout: sorted.replaceAll(/\b[0-9a-f]{14,16}\b/g, 'ID'), stderr };
      }; // prettier-ignore
      const add = ['member', 'add', 'new', 'http://127.0.0.1:9'];
      // etcd refuses until its members have known each other for 5 s.
      const [got, expected] = await Promise.all([
        whenTaken(() => ours(add, etcd.endpoints)),
        whenTaken(() => oracle(add, fresh.endpoints)),
      ]);
      expect(plain(got)).toEqual(plain(expected));
      const idOf = (text: string) => /with ID (\w+)/.exec(text)?.[1] ?? 'none';
      expect((await ours(['member', 'list'], etcd.endpoints)).stdout).toContain(
        `${idOf(got.stdout)}[unstarted]: peerURLs=http://127.0.0.1:9\n`,
      );
      const health = await both('cluster-health');
      expect(health.got).toEqual(health.expected);
      expect(health.got.code).toBe(5);
      for (const [command, ...more] of [['update', 'http://127.0.0.1:10'], ['remove'], ['remove']] as const) {
        const mine = await ours(['member', command, idOf(got.stdout), ...more], etcd.endpoints);
        const theirs = await oracle(['member', command, idOf(expected.stdout), ...more], fresh.endpoints);
        const bare = (out: Outcome, id: string) => JSON.stringify(out).replaceAll(id, 'ID');
        expect(bare(mine, idOf(got.stdout))).toBe(bare(theirs, idOf(expected.stdout)));
      }
    } finally {
      await fresh.stop();
    }
  });

  test('members that are down: degraded, then no quorum, then nobody', async () => {
    const alive = [etcd.endpoints[0] ?? ''];
    await etcd.kill(2);
    // The one that went may have been the leader: the two elect another.
    const saysDegraded = async () => (await oracle(['cluster-health'], alive)).stdout;
    await expect.poll(saysDegraded).toContain('cluster is degraded');
    const degraded = await both('cluster-health', alive);
    expect(degraded.got).toEqual(degraded.expected);
    expect(degraded.got.code).toBe(5);
    await etcd.kill(1);
    await expect.poll(async () => (await both('cluster-health', alive)).expected.stdout).toContain('cluster is unavailable'); // prettier-ignore
    const alone = await both('cluster-health', alive);
    expect(alone.got).toEqual(alone.expected);
    expect((await ours(['member', 'list'], alive)).code).toBe((await oracle(['member', 'list'], alive)).code);
    await etcd.kill(0);
    for (const line of ['cluster-health', '--no-sync cluster-health', 'member list', 'ls /', '--no-sync ls /', 'watch /x', 'member add x http://y:1']) {
      const { got, expected } = await both(line, alive);
      expect({ line, code: got.code, stdout: got.stdout }).toEqual({ line, code: expected.code, stdout: expected.stdout });
      expect(got.stderr).toMatch(/^Error: {2}client: etcd cluster is unavailable or misconfigured; error #0: .*\n\nerror #0: .*\n\n$/);
    } // prettier-ignore
  });
});
