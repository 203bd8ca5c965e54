import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseFlags } from '#platform/fleet/parts/flags.ts';
import { judgeLaunch, type Progress } from '#platform/fleet/fleetctl/launch-look.ts';
import { machineLabel } from '#platform/fleet/fleetctl/machine-label.ts';
import { localShell, shellLine, sshOptions } from '#platform/fleet/fleetctl/remote.ts';
import { columnsOf, entry, folded } from '#platform/fleet/fleetctl/narrow.ts';
import { alignWithTabs, drawnTable } from '#platform/fleet/fleetctl/table.ts';
import { expandBraces, unitArguments } from '#platform/fleet/fleetctl/unit-arguments.ts';
import type { FleetUnit, FleetUnitState } from '#platform/fleet/client/fleet-client.ts';

describe('parseFlags', () => {
  const specs = [
    { name: 'lines', kind: 'text' as const, aliases: ['n'], help: '' },
    { name: 'follow', kind: 'switch' as const, aliases: ['f'], help: '' },
  ];
  test.each([
    ['-lines 2 -f web@1', '2', true, ['web@1']],
    ['--lines=2 --follow web@1', '2', true, ['web@1']],
    ['web@1 -n 3', '3', false, ['web@1']],
    ['-f=false -lines=4 a b', '4', false, ['a', 'b']],
    ['-- -f', undefined, false, ['-f']],
  ])('%s', (line, lines, follow, args) => {
    const flags = parseFlags(line.split(' '), specs, 'p');
    expect([flags.text('lines'), flags.on('follow'), flags.args]).toEqual([lines, follow, args]);
  });

  test('what it does not know is an error, also a flag without its value', () => {
    expect(() => parseFlags(['--bogus'], specs, 'p')).toThrow('unknown flag --bogus');
    expect(() => parseFlags(['-lines'], specs, 'p')).toThrow('flag -lines needs a value');
  });

  test('after the given number of arguments everything is passed on', () => {
    expect(parseFlags(['-f', 'web@1', 'ls', '-l'], specs, 'p', 1).args).toEqual(['web@1', 'ls', '-l']);
  });
});

test('columns are aligned with tabs as the original does it', () => {
  const lines = [
    ['MACHINE', 'IP', 'METADATA'],
    ['a2222222...', '10.77.0.12', 'host=fl-02,slot=2'],
  ];
  expect(alignWithTabs(lines)).toEqual(['MACHINE\t\tIP\t\tMETADATA', 'a2222222...\t10.77.0.12\thost=fl-02,slot=2']);
  expect(alignWithTabs([['UNIT', 'MACHINE', 'ACTIVE', 'SUB']])).toEqual(['UNIT\tMACHINE\tACTIVE\tSUB']);
  const file = ['sleeper.service', '8177a12', 'inactive', 'inactive', '-'];
  expect(alignWithTabs([['UNIT', 'HASH', 'DSTATE', 'STATE', 'TARGET'], file])).toEqual([
    'UNIT\t\tHASH\tDSTATE\t\tSTATE\t\tTARGET',
    'sleeper.service\t8177a12\tinactive\tinactive\t-',
  ]);
});

describe('on a narrow terminal', () => {
  const heads = ['UNIT', 'MACHINE', 'ACTIVE', 'SUB'];
  const rows = [
    ['couchbase-sidekick@1.service', 'c00180db.../172.17.8.101', 'active', 'running'],
    ['web@1.service', '-', 'inactive', 'dead'],
  ];

  test('a table is as the original has it, then with blanks, then a block for each row', () => {
    expect(drawnTable(heads, rows)).toEqual(alignWithTabs([heads, ...rows]));
    expect(drawnTable(heads, rows, 87)).toEqual(alignWithTabs([heads, ...rows]));
    expect(drawnTable(heads, rows, 80)).toEqual([
      'UNIT                         MACHINE                  ACTIVE   SUB',
      'couchbase-sidekick@1.service c00180db.../172.17.8.101 active   running',
      'web@1.service                -                        inactive dead',
    ]);
    expect(drawnTable(heads, rows, 40).join('\n')).toBe(
      [
        'couchbase-sidekick@1.service',
        '  MACHINE  c00180db.../172.17.8.101',
        '  ACTIVE   active',
        '  SUB      running',
        'web@1.service',
        '  MACHINE  -',
        '  ACTIVE   inactive',
        '  SUB      dead',
      ].join('\n'),
    );
    expect(drawnTable(heads, [], 10)).toEqual([]);
  });

  test.each([1, 2, 7, 20, 40, 79])('no line is wider than %i columns, and nothing is lost', (columns) => {
    const text = 'take a look at https://example.com/a/long/address and at x';
    const lines = folded(text, columns).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    const table = drawnTable(heads, rows, columns).join('\n').split('\n');
    if (columns > 20) expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(columns);
    if (columns > 20) {
      const help = entry('--strict-host-key-checking', 28, 'ssh refuses hosts that it does not know', columns);
      expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });

  test('what is no terminal, or does not say its width, gets whole lines', () => {
    expect(columnsOf({ isTTY: true, columns: 40 })).toBe(40);
    expect(columnsOf({ isTTY: true, columns: 0 })).toBe(Infinity);
    expect(columnsOf({ isTTY: false, columns: 40 })).toBe(Infinity);
    expect(folded('a  b', Infinity)).toBe('a  b');
  });
});

describe('ssh', () => {
  test('a line runs in a shell here as sshd would run it: the own one, or that of core for root', () => {
    const self = { uid: 1000, username: 'core', shell: '/bin/sh', homedir: '/tmp' };
    expect(localShell('id -un | tr a-z A-Z', 'core', self)).toEqual({
      program: '/bin/sh',
      args: ['-c', 'id -un | tr a-z A-Z'],
      cwd: '/tmp',
    });
    expect(localShell('', undefined, self)).toMatchObject({ args: ['-l'], cwd: undefined });
    const root = { uid: 0, username: 'root', shell: '/bin/bash', homedir: '/root' };
    expect(localShell('id', 'nobody', root)).toMatchObject({
      program: 'runuser',
      args: expect.arrayContaining(['nobody']) as unknown,
    });
    expect(localShell('id', 'no-such-user', root)).toMatchObject({ program: '/bin/bash', args: ['-c', 'id'] });
  });

  test('words of our own are kept apart from each other by quotes', () => {
    const words = ['printf', '%s\\n', 'foo\\x2dbar.service', "it's", '$HOME'];
    expect(execFileSync('/bin/sh', ['-c', shellLine(words)], { encoding: 'utf8' })).toBe(
      `${words.slice(2).join('\n')}\n`,
    );
  });

  test("the lab's key goes with a configuration of its own; known hosts are asked for when that is wanted", () => {
    const options = (env: NodeJS.ProcessEnv, ...argv: string[]) => {
      const specs = ['known-hosts-file', 'ssh-timeout', 'ssh-port'].map((name) => ({
        name,
        kind: 'text' as const,
        help: '',
      }));
      const switches = ['strict-host-key-checking', 'forward-agent'].map((name) => ({
        name,
        kind: 'switch' as const,
        help: '',
      }));
      return sshOptions({ env, flags: parseFlags(argv, [...specs, ...switches], 'p') }).join(' ');
    };
    expect(options({ FLEETCTL_SSH_KEY: '/k' })).toMatch(
      /^-F \/dev\/null -i \/k .*StrictHostKeyChecking=no -o UserKnownHostsFile=\/dev\/null/,
    );
    expect(options({}, '--strict-host-key-checking')).not.toMatch(/UserKnownHosts|StrictHostKeyChecking=no/);
    expect(options({}, '--ssh-port=2222')).toContain('-o Port=2222');
    expect(() => options({}, '--ssh-port=22x')).toThrow('--ssh-port: "22x" is no port');
    expect(options({}, '--known-hosts-file=/h', '--forward-agent')).toMatch(/UserKnownHostsFile=\/h .* -A$/);
  });
});

test('ssh waits 10 s for a connection, or as long as it is told', () => {
  const connectTimeout = (...argv: string[]) => {
    const specs = [{ name: 'ssh-timeout', kind: 'text' as const, help: '' }];
    return sshOptions({ env: {}, flags: parseFlags(argv, specs, 'p') }).find((word) =>
      word.startsWith('ConnectTimeout'),
    );
  };
  expect(connectTimeout()).toBe('ConnectTimeout=10');
  expect(connectTimeout('--ssh-timeout=2.5')).toBe('ConnectTimeout=3');
  expect(() => connectTimeout('--ssh-timeout=soon')).toThrow('--ssh-timeout: "soon" is no number of seconds');
});

test('unit arguments', () => {
  expect(expandBraces('web@{1..3}.service')).toEqual(['web@1.service', 'web@2.service', 'web@3.service']);
  expect(expandBraces('{a,b}@{2..1}')).toEqual(['a@2', 'a@1', 'b@2', 'b@1']);
  expect(expandBraces('plain{x}')).toEqual(['plain{x}']);
  expect(unitArguments(['u/web@{1..2}', 'web@1.service'])).toEqual([
    { path: 'u/web@1', name: 'web@1.service' },
    { path: 'u/web@2', name: 'web@2.service' },
  ]);
});

test('machine labels', () => {
  const machines = [{ id: 'a1b2c3d4e5', primaryIP: '10.0.0.1' }];
  expect(machineLabel('a1b2c3d4e5', machines)).toBe('a1b2c3d4.../10.0.0.1');
  expect(machineLabel('a1b2c3d4e5', machines, true)).toBe('a1b2c3d4e5/10.0.0.1');
  expect(machineLabel('ffffffffff', machines)).toBe('ffffffff...');
  expect(machineLabel(undefined, machines)).toBe('-');
});

describe('judgeLaunch', () => {
  const look = (
    unit: Partial<FleetUnit>,
    state: FleetUnitState | undefined,
    waitedMs: number,
    progress: Progress = { announced: false },
  ) => {
    const lines: string[] = [];
    const full = { name: 'u.service', options: [], desiredState: 'launched', ...unit };
    const seen = judgeLaunch({
      unit: full,
      state,
      machines: [],
      wanted: 'launched',
      waitedMs,
      progress,
      announce: (l) => lines.push(l),
    });
    return { seen, lines };
  };

  test('a reason counts only after it has stood for a moment', () => {
    const progress: Progress = { announced: false };
    expect(look({ reason: 'a; b' }, undefined, 100, progress).seen).toHaveProperty('missing');
    const failed = look({ reason: 'a; b' }, undefined, 600, progress).seen;
    expect(failed).toMatchObject({ failed: { code: 'unschedulable.unit', evidence: ['a', 'b'], exitCode: 71 } });
  });

  test('launched is announced once, then active is waited for', () => {
    const progress: Progress = { announced: false };
    const unit = { machineID: 'aaaaaaaaaa', currentState: 'launched' };
    const first = look(unit, { systemdActiveState: 'activating', systemdSubState: 'start-pre' }, 10, progress);
    expect(first.lines).toEqual(['Unit u.service launched on aaaaaaaa...']);
    expect(first.seen).toHaveProperty('missing');
    const then = look(unit, { systemdActiveState: 'active' }, 20, progress);
    expect([then.seen, then.lines]).toEqual([{ done: true }, []]);
  });

  test('failed, and what the agent could not do, end the wait', () => {
    const unit = { machineID: 'aaaaaaaaaa', currentState: 'launched' };
    const progress: Progress = { announced: false };
    const failed = { systemdActiveState: 'failed', systemdSubState: 'failed' };
    expect(look(unit, failed, 0, progress).seen).toEqual({ missing: 'failed failed on aaaaaaaa...' });
    expect(look(unit, failed, 5_000, progress).seen).toMatchObject({ failed: { code: 'command.start' } });
    expect(look(unit, { message: 'bad setting' }, 0).seen).toMatchObject({
      failed: { message: expect.stringContaining('bad setting') as string },
    });
  });

  test('failed as its last stop left it, a unit is waited for', () => {
    const progress: Progress = { announced: false };
    const unit = { machineID: 'aaaaaaaaaa', currentState: 'launched' };
    const failed = { systemdActiveState: 'failed', systemdSubState: 'failed' };
    const starting = { systemdActiveState: 'activating', systemdSubState: 'start' };
    // As an agent tells it: that it is about to start it, the old word again, systemd's new one.
    for (const [state, ms] of [
      [starting, 0],
      [failed, 100],
      [failed, 4_000],
      [starting, 4_100],
      [failed, 5_200],
    ] as const)
      expect(look(unit, state, ms, progress).seen).toHaveProperty('missing');
    expect(look(unit, { systemdActiveState: 'active' }, 9_000, progress).seen).toEqual({ done: true });
  });

  test('a oneshot that has run to its end is done', () => {
    const progress: Progress = { announced: true };
    const unit = { machineID: 'aaaaaaaaaa', currentState: 'launched' };
    expect(look(unit, { systemdActiveState: 'inactive', systemdSubState: 'dead' }, 0, progress).seen).toHaveProperty(
      'missing',
    );
    expect(look(unit, { systemdActiveState: 'inactive', systemdSubState: 'dead' }, 1200, progress).seen).toEqual({
      done: true,
    });
  });
});
