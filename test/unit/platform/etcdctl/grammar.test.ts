import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownMachine } from '#platform/etcd/ports.ts';
import { globalFlags, v2Commands } from '#platform/etcdctl/command-table.ts';
import { helpOf } from '#platform/etcdctl/help.ts';
import { readCommandLine } from '#platform/etcdctl/grammar.ts';

const read = (line: string, env: NodeJS.ProcessEnv = {}) => readCommandLine(line.split(' ').filter(Boolean), env);

describe('etcdctl command line', () => {
  test.each([
    'put a b', 'del a', 'get a --prefix', 'get --prefix /services', 'get a --print-value-only', 'watch a --prefix', 'watch --rev=3 a', 'member list -w table',
    'member add m --peer-urls=http://a:1', 'member promote 1', 'user list', 'role add r', 'auth enable', 'help put', '-w json member list',
    'endpoint health --cluster', 'lease grant 5', 'snapshot save x', 'txn', 'version', '-w json get a', '--write-out=table endpoint status', 'alarm list',
    '--command-timeout=3s get a', 'no-such-command',
  ])('v3: %s', (line) => {
    expect(read(line)).toEqual({ kind: 'v3', argv: line.split(' ') });
  }); // prettier-ignore

  test('global flags of 2.x before a command of the v3 client are said in its words', () => {
    expect(read('--no-sync --debug -C http://a:1 -u root:x --total-timeout 1m -o json user list')).toEqual({
      kind: 'v3',
      argv: '--debug=true --user=root:x --command-timeout=60000ms --write-out=json --endpoints=http://a:1 user list'.split(' '),
    }); // prettier-ignore
    expect(read('--debug --endpoints a:1 user list')).toMatchObject({ argv: ['--debug', '--endpoints', 'a:1', 'user', 'list'] });
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
    expect(endpoints('get a')).toEqual([ownMachine]);
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
    expect(read('set -- -k -- -v')).toMatchObject({ args: ['-k', '--', '-v'] });
    expect(read('set /k -v --ttl 0x10')).toMatchObject({ flags: { ttl: 16 }, args: ['/k', '-v'] });
    expect(read('set --ttl -1 /k --bad')).toMatchObject({ flags: { ttl: -1 }, args: ['/k', '--bad'] });
    expect(read('ls -r=false -p=T')).toMatchObject({ flags: { recursive: false, p: true } });
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

  test('help and version', () => {
    for (const line of ['', 'help', '--help', '-h', '-h ls', '--no-sync']) {
      expect(read(line)).toEqual({ kind: 'help', command: undefined });
    }
    for (const line of ['set --help', 'set k v -h', 'help set', 'h set']) {
      expect(read(line)).toEqual({ kind: 'help', command: 'set' });
    }
    for (const line of ['member', 'member -h', 'member help', 'help member']) {
      expect(read(line)).toEqual({ kind: 'help', command: 'member' });
    }
    for (const line of ['--version', '-v', '-version ls', '--version=true']) {
      expect(read(line)).toEqual({ kind: 'version' });
    }
    expect(read('help nope')).toEqual({ kind: 'no-topic', topic: 'nope' });
    expect(read('--version=false ls').kind).toBe('v2');
  });

  test('what 2.3 had and v3 has not is named, with what to use', () => {
    for (const line of ['backup --data-dir /x', 'import', 'user grant u --roles r', 'role revoke r', 'help backup']) {
      const command = read(line);
      expect(command.kind === 'replaced' ? command.instead : command.kind).toMatch(/^etcdctl /);
    }
  });

  test.each([
    ['--bad ls', 'flag provided but not defined: -bad'],
    ['--debug=maybe ls', 'invalid boolean value "maybe" for -debug: parse error'],
    ['ls -rp /', 'flag provided but not defined: -rp'],
    ['set ---x k v', 'bad flag syntax: ---x'],
    ['set -=x k v', 'bad flag syntax: -=x'],
    ['set --ttl= k v', 'invalid value "" for flag -ttl: parse error'],
    ['set --ttl -- 5 k v', 'invalid value "--" for flag -ttl: parse error'],
    ['set --ttl=99999999999999999999 k v', 'invalid value "99999999999999999999" for flag -ttl: value out of range'],
    ['member list --bad', 'flag provided but not defined: -bad'],
    ['member --bad list', 'flag provided but not defined: -bad'],
    ['-o', 'flag needs an argument: -o'],
    ['--timeout 5 get k', 'invalid value "5" for flag -timeout: parse error'],
  ])('refused in the words of the Go library: %s', (line, problem) => {
    expect(read(line)).toMatchObject({ kind: 'bad', problem });
  });

  test.each([
    ['--endpoints https://a:1 ls', /speak no TLS/],
    ['-C ftp://a ls', /not an address/],
    ['--endpoints :::bad ls', /not an address/],
    ['--endpoints , ls', /no address/],
    ['-D example.com ls', /--endpoints/],
  ])('refused, with what to use: %s', (line, problem) => {
    const command = read(line);
    expect(command.kind === 'refused' ? command.problem : command.kind).toMatch(problem);
  });

  test('any words give a reading, and what is wrong with them is one line', () => {
    const names = [...v2Commands.keys()].flatMap((name) => name.split(' '));
    const flags = [...Object.keys(globalFlags), ...[...v2Commands.values()].flatMap((spec) => Object.keys(spec.flags))];
    const word = fc.oneof(
      fc.constantFrom(...names, 'backup', 'help', 'user', 'role', '--', '-', '', 'constructor', '__proto__', 'toString'),
      fc.tuple(fc.constantFrom('-', '--', '---'), fc.constantFrom(...flags, 'prefix', 'w'), fc.constantFrom('', '=', '=1', '=x')).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(word, { maxLength: 7 }), (argv) => {
        const line = readCommandLine(argv, {});
        if ('problem' in line) expect(line.problem).toMatch(/^[^\n\r\u2028\u2029]+$/u);
        if (line.kind === 'v2') expect(v2Commands.has(line.command)).toBe(true);
        if (line.kind === 'help') expect(helpOf(line.command)).toMatch(/^NAME:/);
      }),
      { numRuns: 3000 },
    );
  });
});
