import { execFile } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { ours, type Outcome } from './ours.ts';
/** The oracle: etcd's own client on etcd's own v2 API (Debian packages etcd-server and etcd-client). */
let etcd: RealEtcd;
beforeAll(async () => {
  etcd = await realEtcd({ args: ['--enable-v2=true'] });
});
afterAll(() => etcd.stop());
beforeEach(async () => {
  const store = openEtcd({ endpoints: etcd.endpoints });
  await store.deletePrefix('/');
  await store.close();
  for (const path of (await oracle(['ls', '/'])).stdout.split('\n').filter(Boolean)) {
    await oracle(['rm', '--recursive', path]).then((out) => (out.code === 0 ? out : oracle(['rm', path])));
  }
});

function oracle(args: string[]): Promise<Outcome> {
  const env = { ...process.env, ETCDCTL_API: '2', ETCDCTL_ENDPOINTS: etcd.endpoints[0] };
  return new Promise((resolve) => {
    const child = execFile('etcdctl', args, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** Indexes differ between the two stores, and v2 lists unsorted. */
function comparable(out: Outcome): Outcome {
  const plain = (text: string) =>
    text
      .replace(/\[\d+\]$/gm, '[N]')
      .replace(/\[(\d+) != \d+\]/g, '[$1 != N]')
      .replace(/-Index: \d+|^Index: \d+/gm, 'Index: N')
      .replace(/"(created|modified)Index":\d+/g, '"$1Index":0')
      .replace(/^TTL: (100|9\d)$|(?<="ttl":)(100|9\d)\b/gm, 'about 100')
      .replace(/"expiration":"[^"]*"/g, '"expiration":"T"');
  return { code: out.code, stdout: plain(out.stdout).split('\n').sort().join('\n'), stderr: plain(out.stderr) };
}

const scripts: Record<string, string[]> = {
  'keys': [
    'get /x', 'set /a/b 1', 'get /a/b', 'get /a', 'get a/b', 'get //a//b/', 'set /a 1', 'set /a/b/c 1', 'mk /a/b 2', 'mk /a/c 2', 'mk /a 3',
    'mk /a/b/c 1', 'update /zz 1', 'update /a/b 5', 'update /a 5', 'update /a/b/c 5', 'get /a/nope/deep', 'get /a/b/c', 'set / 3', 'rm /', 'get /',
  ],
  'listing': [
    'ls', 'ls /', 'set /services/couchbase/1 10.1.1.2', 'set /services/memcached/1 10.1.1.3:11211', 'set /services/memcached/2 x', 'set /b 1',
    'ls', 'ls -p', 'ls /services', 'ls services', 'ls --recursive /services', 'ls -r -p /', 'ls --sort --recursive --quorum /', 'ls /services/couchbase/1',
    'ls /nope', 'ls /services/nope/x', 'set /_hidden/x 1', 'set /services/_h 1', 'ls -r /', 'ls /_hidden', 'rm /services/_h',
  ],
  'directories': [
    'mkdir /d1', 'mkdir /d1', 'mkdir /d1/d2/d3', 'ls -r /', 'ls -r -p /', 'rm /d1', 'rmdir /d1', 'rmdir /d1/d2/d3', 'ls -r -p', 'rm --dir /d1/d2', 'ls /d1',
    'setdir /s', 'setdir /s', 'updatedir /s', 'updatedir /none', 'set /f 1', 'mkdir /f', 'mkdir /f/g', 'setdir /f/g', 'rmdir /f', 'rmdir /f', 'mkdir --ttl 100 /t', 'ls -p /',
    'set /s 1', 'get /s', 'updatedir --ttl 50 /s',
  ],
  'removing': [
    'set /a/b 1', 'set /a/c 2', 'rm /a/b', 'rm /a/b', 'rm --with-value 7 /a/c', 'rm --with-index 3 /a/c', 'rm --with-value 2 /a/c', 'set /r/x 1', 'set /r/y/z 1', 'rm /r',
    'rm --recursive /r', 'rm --recursive /nope', 'ls /r', 'rm --recursive /', 'rm --dir /nope', 'rmdir /nope/x',
  ],
  'swapping': [
    'set --swap-with-value foo /k x', 'set /k z', 'set --swap-with-value foo /k x', 'set --swap-with-value z /k x', 'set --swap-with-index 99999 /k y', 'get /k',
    'set --ttl 100 /k x', 'set /k --ttl=100 x', 'set -- /k -v', 'get /k', 'set --ttl 0 /k x',
  ],
  'arguments': ['set', 'set /k', 'get', 'mk', 'mk /q', 'update /q', 'update', 'rm', 'rmdir', 'mkdir', 'setdir', 'watch', 'exec-watch', 'exec-watch /k'],
  'forms': [
    'set --ttl 100 /k v', '-o extended get /k', '-o json get /k', '-o extended set /k w', '-o json set /k z', '-o json update /k z2', '-o extended update /k z3', '-o foo get /k',
    '-o extended rm /k', '-o json mk /x/y 4', '-o extended get /x', '-o json rm /x/y', '-o json mk /l/m 4', '-o json get /l/m', '--output json ls /l', '-o extended ls /l/m',
  ],
}; // prettier-ignore

describe('etcdctl answers as etcd 2.x does', () => {
  test.each(Object.keys(scripts))('%s', async (name) => {
    for (const line of scripts[name]!) {
      const args = line.split(' ');
      const [expected, got] = await Promise.all([oracle(args), ours(args, etcd.endpoints)]);
      expect({ line, ...comparable(got) }).toEqual({ line, ...comparable(expected) });
    }
  });

  test('the usage errors start alike', async () => {
    for (const line of ['set --bad /x y', 'set --ttl abc /x y']) {
      const [expected, got] = await Promise.all([oracle(line.split(' ')), ours(line.split(' '), etcd.endpoints)]);
      expect(got.code).toBe(expected.code);
      expect(got.stdout.split('\n')[0]).toBe(expected.stdout.split('\n')[0]);
      expect(got.stderr).toBe(expected.stderr);
    }
  });

  test('nobody there: exit 2, or 4 with --no-sync', async () => {
    const nobody = ['http://127.0.0.1:1'];
    const out = await ours(['get', '/x'], nobody);
    expect(out.code).toBe(2);
    expect(out.stderr).toMatch(
      /^Error: {2}client: etcd cluster is unavailable or misconfigured; error #0: .*ECONNREFUSED/,
    );
    expect((await ours(['--no-sync', 'set', '/x', '1'], nobody)).code).toBe(4);
  });
});
