import { benches, packagesOf, readOptions, usageText } from '#cli/bench/options.ts';
import { testPackages } from '#provision/host/package-list.ts';
import { describe, expect, it } from 'vitest';

const read = (line: string, env = {}) => readOptions(line.split(' ').filter(Boolean), env);

describe('npm run bench', () => {
  it('takes the four on one lab where none is named', () => {
    expect(read('')).toEqual({
      names: ['warm-up', 'failover', 'probes', 'quiet'],
      argument: undefined,
      rounds: 5,
      help: false,
    });
  });

  it.each([
    ['v2 watches --rounds 3', { names: ['v2'], argument: 'watches', rounds: 3 }],
    ['failover halt,cut', { names: ['failover'], argument: 'halt,cut', rounds: 5 }],
    ['quiet 45', { names: ['quiet'], argument: '45', rounds: 5 }],
    ['fleet /srv/other --rounds=1', { names: ['fleet'], argument: '/srv/other', rounds: 1 }],
    ['-h', { help: true }],
  ])('reads %s', (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  it('has its rounds from the environment, and rather from the line', () => {
    expect(read('v2', { LAB_BENCH_ROUNDS: '20' }).rounds).toBe(20);
    expect(read('v2 --rounds 2', { LAB_BENCH_ROUNDS: 'x' }).rounds).toBe(2);
  });

  it.each([
    ['warmup', {}, 'there is no benchmark "warmup"'],
    ['toString', {}, 'there is no benchmark "toString"'],
    ['probes 3', {}, '"3" belongs to nothing'],
    ['v2 requests more', {}, '"more" belongs to nothing'],
    ['v2 everything', {}, 'v2: "everything" is not requests|watches|memory'],
    ['failover halt,crash', {}, 'failover: "halt,crash" is not KIND,...'],
    ['quiet 0', {}, 'quiet: "0" is not SECONDS'],
    ['v2 --rounds 0', {}, '--rounds: "0" is no number from 1 to 1000'],
    ['v2 --rounds 1.5', {}, '--rounds: "1.5" is no number from 1 to 1000'],
    ['v2 --round 3', {}, expect.stringContaining("Unknown option '--round'") as string],
    ['v2', { LAB_BENCH_ROUNDS: 'many' }, 'LAB_BENCH_ROUNDS: "many" is no number from 1 to 1000'],
  ])('refuses %s %j before anything is made', (line, env, cause) => {
    expect(() => read(line, env)).toThrowError(expect.objectContaining({ code: 'usage.bench', message: cause }));
  });

  it('installs what it compares with, all of which the tests have too', () => {
    expect(packagesOf(['couchbase', 'v2', 'fleet'])).toEqual(['memcached', 'etcd-server']);
    const all = Object.keys(benches) as (keyof typeof benches)[];
    expect(packagesOf(all).filter((name) => !testPackages.includes(name))).toEqual([]);
  });

  it('names each of them in its help', () => {
    for (const name of Object.keys(benches)) expect(usageText).toContain(`  ${name} `);
  });
});
