import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LabCli, labName } from './lab-process.ts';

let lab: LabCli;
/** A lab.toml with other addresses than the usual, which a lab that is up on this host has. */
let ownAddresses: string;
beforeAll(async () => {
  lab = new LabCli();
  const network = [
    'range = "172.27.99.0/24"',
    'bridge = "172.27.99.1"',
    'first_machine = "172.27.99.101"',
    'host = "172.27.99.254"',
  ];
  ownAddresses = `[lab]\nname = "${labName}"\nstate_dir = "${lab.dir}/state"\n[network]\n${network.join('\n')}\n`;
  await lab.build();
}, 300_000);
beforeEach(() => lab.write());
afterAll(() => lab.remove());

/** The error as a person sees it: what, and what to do next. */
async function refusal(...args: string[]) {
  const { exitCode, stdout, stderr } = await lab.run(...args);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^next {2}\S/m);
  return { exitCode, stderr };
}

describe('help', () => {
  it('lists every command, and its examples use none that is not there', async () => {
    const { stdout, exitCode } = await lab.run('--help');
    expect(exitCode).toBe(0);
    const [list = '', examples = ''] = stdout.slice(stdout.indexOf('Commands:')).split('Examples:');
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]);
    const wanted = [
      'up',
      'status',
      'ssh',
      'halt',
      'cut',
      'destroy',
      'fleetctl',
      'scenario',
      'doctor',
      'test',
      'shell',
      'env',
    ];
    expect(commands).toEqual(expect.arrayContaining(wanted));
    const used = [...examples.matchAll(/^ {2}lab ([a-z]+)/gm)].map((match) => match[1]);
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('is there for each command', async () => {
    for (const command of ['up', 'scenario']) {
      const { exitCode, stdout } = await lab.run(command, '--help');
      expect([exitCode, stdout.split('\n')[0]]).toEqual([0, expect.stringContaining(`lab ${command}`)]);
    }
  });

  it('lists the scenarios', async () => {
    const { exitCode, stdout } = await lab.run('scenario');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^failover {2,}\S/m);
  });
});

describe('a bad command line', () => {
  it.each(['frobnicate', 'status --jsn', 'ssh', 'cut'])('lab %s: 64, and where to look', async (line) => {
    const { exitCode, stderr } = await lab.run(...line.split(' '));
    expect(exitCode).toBe(64);
    expect(stderr).toContain('lab --help lists the commands');
  });

  it('an unknown scenario: 68, naming those there are', async () => {
    expect(await refusal('scenario', 'nosuch')).toMatchObject({
      exitCode: 68,
      stderr: expect.stringMatching(/nosuch.*failover/) as string,
    });
  });

  it.each([['halt'], ['cut'], ['ssh']])('%s of an unknown machine: 68, naming those there are', async (command) => {
    const { exitCode, stderr } = await refusal(command, 'core-09');
    expect(exitCode).toBe(68);
    expect(stderr).toMatch(/core-09.*core-01, core-02, core-03/);
  });
});

describe('a bad configuration: 78, and nothing is done', () => {
  it('what is not a plain value in config.rb, with file and line', async () => {
    lab.write({ rb: '# sizes\n$num_instances = foo()\n' });
    const { exitCode, stderr } = await refusal('status');
    expect(exitCode).toBe(78);
    expect(stderr).toContain('config.rb:2');
  });

  it('too little memory, with the reason', async () => {
    lab.write({ rb: '$vm_memory = 1024\n' });
    const { exitCode, stderr } = await refusal('status');
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/config\.rb:1.*1024.*1536|config\.rb:1.*1536.*1024/s);
    expect(stderr).toContain('Couchbase');
  });

  it('an unknown key in lab.toml, with the one that was meant', async () => {
    lab.write({ toml: '[timers]\nfleet_agent_tll = "5s"\n' });
    const { exitCode, stderr } = await refusal('status');
    expect(exitCode).toBe(78);
    expect(stderr).toContain('lab.toml:2');
    expect(stderr).toContain('fleet_agent_ttl');
  });

  it('stops commands that would change something as well', async () => {
    lab.write({ rb: '$vm_cpus = "many"\n' });
    for (const command of [['halt'], ['cut', 'core-01'], ['up'], ['destroy'], ['scenario', 'failover']])
      expect([command, (await refusal(...command)).exitCode]).toEqual([command, 78]);
    expect(lab.leftovers()).toEqual([]);
  });

  it('is JSON for a program that asks for JSON', async () => {
    lab.write({ rb: '$num_instances = foo()\n' });
    const { exitCode, stdout, stderr } = await lab.run('status', '--json');
    const { error } = JSON.parse(stderr) as { error: Record<string, unknown> };
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' });
    expect(error).toMatchObject({ exitCode: 78, code: expect.stringMatching(/^config\./) as string });
    expect(error['cause']).toContain('config.rb:1');
    expect(error['next']).not.toBe('');
  });
});

describe('a lab that is not up', () => {
  it('status says so, and what brings it up', async () => {
    const { exitCode, stdout } = await lab.run('status');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^core-01 +172\.17\.8\.101 +absent +- +-$/m);
    expect(stdout).toContain(`lab ${labName} is not up. Next: lab up`);
  });

  it('status --json has every machine as absent', async () => {
    const { exitCode, stdout } = await lab.run('status', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      lab: labName,
      provider: 'nspawn',
      up: false,
      machines: [1, 2, 3].map((n) => ({ name: `core-0${n}`, address: `172.17.8.10${n}`, state: 'absent' })),
      changes: [],
      otherMembers: [],
      stateDisk: {
        mountPoint: expect.any(String) as string,
        type: expect.any(String) as string,
        freeBytes: expect.any(Number) as number,
      },
    });
  });

  it('up --dry-run says what would be done with each machine, and does none of it', async () => {
    lab.write({ toml: ownAddresses });
    const { exitCode, stdout } = await lab.run('up', '--dry-run', '--json', 'core-02');
    expect(exitCode).toBe(0);
    const plan = JSON.parse(stdout) as { lab: string; steps: { subject: string; action: string }[] };
    expect(plan.lab).toBe(labName);
    expect(plan.steps.map(({ subject }) => subject)).toEqual([
      'packages',
      'OS image',
      'container images',
      'network',
      'core-02',
    ]);
    expect(plan.steps.at(-1)).toEqual({ subject: 'core-02', action: 'create', reason: 'it does not exist yet' });
    expect((await lab.run('up', '--dry-run')).stdout).toMatch(/^core-03 +create +it does not exist yet$/m);
    expect((await refusal('up', '--dry-run', 'core-07')).exitCode).toBe(68);
    expect(lab.leftovers()).toEqual([]);
  });

  it('up --dry-run names the package that only a setting needs', async () => {
    const bin = join(lab.dir, 'bin');
    mkdirSync(bin);
    // This host without openssl: the rest of its packages is as it is.
    writeFileSync(join(bin, 'dpkg-query'), '#!/bin/sh\n/usr/bin/dpkg-query "$@" | grep -v "^openssl "\n', {
      mode: 0o755,
    });
    const planned = async (toml: string) => {
      lab.write({ toml: `${ownAddresses}${toml}` });
      const { stdout } = await lab.runWith({ PATH: `${bin}:${process.env['PATH']}` }, 'up', '--dry-run', '--json');
      const { steps } = JSON.parse(stdout) as { steps: { subject: string; reason: string }[] };
      return steps.find(({ subject }) => subject === 'packages')?.reason;
    };
    expect(await planned('')).not.toContain('openssl');
    expect(await planned('[fleet]\nauth = "tls"\n')).toMatch(/^missing: .*\bopenssl\b/);
  });

  it.each([
    ['halt', []],
    ['halt', ['core-02']],
    ['cut', ['core-01']],
    ['ssh', ['core-01']],
    ['ssh', ['core-01', '--', 'docker', 'ps']],
    ['fleetctl', ['list-units']],
  ])('%s %j: 74, and lab up is next', async (command, args) => {
    const { exitCode, stderr } = await refusal(command, ...args);
    expect(exitCode).toBe(74);
    expect(stderr).toMatch(/^next {2}lab up/m);
  });

  it('logs: there is no journal, a machine that is none, a count that is none', async () => {
    expect(await refusal('logs')).toMatchObject({
      exitCode: 68,
      stderr: expect.stringContaining('missing.journal') as string,
    });
    expect((await refusal('logs', 'core-07')).stderr).toContain('missing.machine');
    expect(await refusal('logs', '-n', 'all')).toMatchObject({ exitCode: 64 });
    expect((await refusal('logs', '-f')).exitCode).toBe(74);
  });

  it('a directory of the configuration that is not there means no other lab', async () => {
    const { exitCode, stderr } = await execa(join(import.meta.dirname, '../../../lab'), ['status'], {
      env: { LAB_CONFIG_DIR: join(lab.dir, 'nowhere') },
      reject: false,
    });
    expect([exitCode, stderr.includes('config.environment')]).toEqual([78, true]);
  });

  it('asking it leaves nothing on the host', () => {
    expect(lab.leftovers()).toEqual([]);
  });
});

it('doctor --json: every check has a result, and those that are not ok a remedy', async () => {
  const { exitCode, stdout } = await lab.run('doctor', '--json');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Record<string, string | undefined>[] };
  expect(exitCode).toBe(ok ? 0 : 69);
  expect(ok).toBe(checks.every(({ status }) => status !== 'fail'));
  expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['root', 'cgroups', 'memory', 'packages']));
  for (const check of checks) {
    expect(check).toMatchObject({ status: expect.stringMatching(/^(ok|warn|fail)$/) as string });
    if (check['status'] !== 'ok') expect([check['id'], check['fix']]).toEqual([check['id'], expect.any(String)]);
  }
});

describe('what the documents name and only looks', () => {
  it('list --json is every lab of this host', async () => {
    const { exitCode, stdout } = await lab.run('list', '--json');
    expect([exitCode, Array.isArray(JSON.parse(stdout))]).toEqual([0, true]);
  });

  it('doctor --fix --dry-run says what it would do, and ends as the doctor does', async () => {
    const { exitCode, stdout, stderr } = await lab.run('doctor', '--fix', '--dry-run');
    expect([0, 69]).toContain(exitCode);
    const end = exitCode === 0 ? '' : 'This host cannot run the lab yet. Next: lab doctor';
    expect({ stderr, says: stdout !== '' }).toEqual({ stderr: end, says: true });
  });
});
