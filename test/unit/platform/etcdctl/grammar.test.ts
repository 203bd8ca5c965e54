import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../../../platform/etcdctl/grammar.ts';

const read = (line: string, env: NodeJS.ProcessEnv = {}) => readCommandLine(line.split(' ').filter(Boolean), env);

describe('etcdctl command line', () => {
  test.each([
    'put a b', 'del a', 'get a --prefix', 'get --prefix /services', 'get a --print-value-only', 'watch a --prefix', 'watch --rev=3 a', 'member list',
    'endpoint health --cluster', 'lease grant 5', 'snapshot save x', 'txn', 'version', '-w json get a', '--write-out=table endpoint status', 'alarm list',
    '--command-timeout=3s get a', 'no-such-command',
  ])('v3: %s', (line) => {
    expect(read(line)).toEqual({ kind: 'v3', argv: line.split(' ') });
  }); // prettier-ignore

  test('ETCDCTL_API=3 means v3 whatever is typed', () => {
    expect(read('get /a', { ETCDCTL_API: '3' }).kind).toBe('v3');
    expect(read('get /a', { ETCDCTL_API: '2' }).kind).toBe('v2');
  });

  test('endpoints: flags before environment, in the order etcdctl 2.x looks, scheme added', () => {
    const endpoints = (line: string, env?: NodeJS.ProcessEnv) => {
      const command = read(line, env);
      return command.kind === 'v2' ? command.globals.endpoints : command.kind;
    };
    expect(endpoints('get a')).toEqual(['http://127.0.0.1:2379']);
    expect(endpoints('--endpoints http://a:1,b:2 get a')).toEqual(['http://a:1', 'http://b:2']);
    expect(endpoints('-C http://a:1 get a')).toEqual(['http://a:1']);
    expect(endpoints('--peers=http://a:1 get a', { ETCDCTL_PEERS: 'http://b:2' })).toEqual(['http://a:1']);
    expect(endpoints('--endpoint http://a:1 get a')).toEqual(['http://a:1']);
    expect(endpoints('get a', { ETCDCTL_ENDPOINTS: 'http://e:1', ETCDCTL_PEERS: 'http://p:1' })).toEqual([
      'http://e:1',
    ]);
    expect(endpoints('get a', { ETCDCTL_ENDPOINT: 'http://e:1' })).toEqual(['http://e:1']);
    expect(endpoints('get a', { ETCDCTL_PEERS: 'http://p:1' })).toEqual(['http://p:1']);
  });

  test('flags stand anywhere, with one dash or two, with = or a word; -- ends them', () => {
    expect(read('set /k --ttl 8 v')).toMatchObject({ flags: { ttl: 8 }, args: ['/k', 'v'] });
    expect(read('set -ttl=8 /k v')).toMatchObject({ flags: { ttl: 8 }, args: ['/k', 'v'] });
    expect(read('set /k -- -v')).toMatchObject({ args: ['/k', '-v'] });
    expect(read('set /k -')).toMatchObject({ args: ['/k', '-'] });
    expect(read('ls -r -p')).toMatchObject({ flags: { recursive: true, p: true } });
    expect(read('exec-watch --recursive /k -- sh -c x')).toMatchObject({ args: ['/k', 'sh', '-c', 'x'] });
  });

  test('timeouts in ms; what cannot be read is refused', () => {
    expect(read('--timeout 500ms --total-timeout 1.5s get a')).toMatchObject({
      globals: { timeoutMs: 500, totalMs: 1500 },
    });
    expect(readCommandLine(['--timeout', '1s', 'get', 'a'], {}, 3)).toMatchObject({
      globals: { timeoutMs: 1000, totalMs: 15_000 },
    });
    expect(read('get a')).toMatchObject({ globals: { timeoutMs: 2000, totalMs: 5000 } });
    expect(read('--timeout soon get a')).toMatchObject({ kind: 'bad' });
    expect(read('set --ttl')).toMatchObject({ kind: 'bad', problem: 'flag needs an argument: -ttl' });
  });

  test('help', () => {
    for (const line of ['', 'help', '--help', '-h']) expect(read(line)).toEqual({ kind: 'help' });
    expect(read('set --help')).toEqual({ kind: 'help', command: 'set' });
  });
});
