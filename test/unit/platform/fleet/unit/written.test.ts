import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { systemdKeys } from '#platform/fleet/unit/systemd-keys.ts';
import { parseWrittenUnit } from '#platform/fleet/unit/written.ts';

const systemd = '/lib/systemd/systemd';
const versionHere = (): number | undefined => {
  try {
    return Number(/^systemd (\d+)/.exec(execFileSync(systemd, ['--version'], { encoding: 'utf8' }))?.[1]);
  } catch {
    return undefined;
  }
};
const isJudge = versionHere() === 252;

const said = (text: string, file = 'x.service'): string => {
  try {
    parseWrittenUnit(text, file);
    return 'accepted';
  } catch (error) {
    if (error instanceof LabError) return `${error.code}: ${error.message} -> ${error.next}`;
    throw error;
  }
};
const service = (line: string) => `[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n${line}\n`;

describe('a key that systemd does not know', () => {
  test('is named with file, line and the key that was meant', () => {
    expect(said(service('Restrat=always'))).toBe(
      'unit.syntax: x.service:5: [Service] has no Restrat= (did you mean Restart?): systemd would ignore it -> ' +
        'correct the name, put it into its own section, or take the line out; a name of your own begins with X-',
    );
    expect(said(service('restart=always'))).toContain('(did you mean Restart?)');
    expect(said('[Unit]\nRestart=always\n[Service]\nExecStart=/bin/true\n')).toContain(
      'x.service:2: [Unit] has no Restart= (it belongs into [Service])',
    );
    expect(said('[Timer]\nOnCalender=daily\n', 'x.timer')).toContain('did you mean OnCalendar?');
  });

  test('may be anybody’s own in X-, and in sections of X-', () => {
    expect(said(service('X-Owner=me'))).toBe('accepted');
    expect(said(`${service('Restart=no')}[X-Mine]\nWhatever=1\n[X-Fleet]\nGlobal=true\n`)).toBe('accepted');
  });

  test('passes where a unit comes through the API or the registry, as it did with the original', () => {
    expect(parseUnitFile('[Unit]\nFoo=bar\n', 'x.service')).toEqual([{ section: 'Unit', name: 'Foo', value: 'bar' }]);
  });

  test.runIf(isJudge)('is no more and no less than systemd itself says', () => {
    const sections = new Map<string, Set<string>>();
    let keys = new Set<string>();
    const dump = execFileSync(systemd, ['--dump-configuration-items'], { encoding: 'utf8' });
    for (const line of dump.split('\n')) {
      const section = /^\[(\w+)\]$/.exec(line)?.[1];
      const key = /^(\w+)=/.exec(line)?.[1];
      if (section !== undefined) sections.set(section, (keys = new Set()));
      if (key !== undefined) keys.add(key);
    }
    expect(sections.size).toBeGreaterThan(10);
    for (const [section, theirs] of sections) {
      expect([section, [...(systemdKeys(section) ?? [])].sort()]).toEqual([section, [...theirs].sort()]);
    }
  });
});

const values: Record<string, readonly string[]> = {
  Restart: ['always', 'no', 'on-failure', 'sometimes', 'Always', '', 'on-watchdog', 'yes'],
  Type: ['simple', 'oneshot', 'forking', 'notify', 'exec', 'idle', 'notify-reload', 'demon', ''],
  KillMode: ['mixed', 'none', 'process', 'control-group', 'all', ''],
  KillSignal: ['SIGTERM', 'TERM', '9', 'SIGRTMIN+3', 'RTMIN', 'term', '0', '65', '64', 'SIGFOO', '', 'SIGCLD'],
  RemainAfterExit: ['yes', 'Y', 'On', 'f', 'maybe', '2', '', 'true'],
  RestartSec: [
    '5',
    '5s',
    '5 s',
    '1min 30s',
    '1h30',
    '.5',
    '5.',
    '1.5',
    '-1',
    '5S',
    '5 bananas',
    'infinity',
    '',
    '5,5',
    '5µs',
  ],
  TimeoutStartSec: ['0', 'infinity', '5min', 'never', '', '10sec 3'],
  TimeoutSec: ['20', '1 week', 'x'],
  StartLimitBurst: ['3', '0x10', '+5', '-1', '3x', ''],
  UMask: ['022', '0027', '999', '0o22', '', '77777777', 'rwx'],
};

/** By the ending of the unit, then `[Section] Key`. */
const others: Record<string, Record<string, readonly string[]>> = {
  service: {
    '[Unit] After': [
      'docker.service',
      'docker',
      'a.service b.socket  c@1.service',
      'a.service,b.service',
      'a.service, b.service',
      '/etc/systemd/system/a.service',
      'web@*.service',
      'web@.service',
      'web@%i.service',
      'web@%i',
      '%p@%i.service %n %N.socket',
      '%N',
      '"a.service" \'b.service\'',
      'a.service;',
      'a b.service',
      'Ä.service',
      'a@b@c.service',
      '.service',
      '@a.service',
      'a\\x2db.service',
      '-.mount',
      'dev-sda1.device',
      'a.servce',
      '',
    ],
    '[Unit] Requires': ['etcd', 'etcd2.service flanneld.service'],
    '[Unit] OnFailure': ['notify@%n.service', 'notify', 'notify@%p'],
    '[Unit] Conflicts': ['web@*.service', 'web@2.service'],
    '[Unit] RequiresMountsFor': ['/a /b', 'a', '/a b', '%h/x', ''],
    '[Unit] Documentation': [
      'man:docker(1) https://example.com/x',
      'see the wiki',
      'www.example.com',
      'http:/x',
      'file:/a',
      '',
    ],
    '[Unit] ConditionPathExists': ['/a', '!/a', '|/a', '|!/a', '! /a', '| /a', '!|/a', 'a', '!a', '', '/a b', '%h/a'],
    '[Unit] AssertFileNotEmpty': ['/a', 'a/b'],
    '[Unit] StartLimitAction': ['none', 'reboot', 'restart', 'reboot-force', 'exit'],
    '[Service] Environment': [
      'A=1',
      'A=1 B=2',
      '"A=1 2" \'B=3\'',
      'A="1 2"',
      'A=1 2',
      'A = 1',
      'A',
      'A:1',
      'export A=1',
      'A-B=1',
      '1A=1',
      '_A=1',
      '"A=1',
      "A=it's",
      'A=%i',
      'A=$B',
      'A=',
      '',
      'A="\\"1\\""',
    ],
    '[Service] EnvironmentFile': ['/etc/environment', '-/etc/x', 'etc/x', '-etc/x', './x', '', '/a /b', '%t/x'],
    '[Service] ReadWriteDirectories': ['/a -/b', 'a', '-a', '+/a', '-+/a', '/a b'],
    '[Service] RuntimeDirectory': ['x', 'x y/z', '/run/x', '../x', 'x/../y', ''],
    '[Service] LimitNOFILE': [
      '65536',
      '1024:65536',
      '65536:1024',
      'infinity',
      'infinity:5',
      '5:infinity',
      'unlimited',
      '-1',
      'many',
      '64K',
      '0x10',
      '',
    ],
    '[Service] LimitCORE': ['0', 'infinity', '64M', '64MB', '1G 5M', '1.5G', 'unlimited', '64m', ''],
    '[Service] Nice': ['0', '-20', '19', '20', '-21', '+5', '0x5', 'low', ''],
    '[Service] OOMScoreAdjust': ['-1000', '1000', '1001', 'x', ''],
    '[Service] MemoryLimit': [
      '512M',
      '512MB',
      '512m',
      '512 M',
      '1.5G',
      '50%',
      '101%',
      'infinity',
      '1073741824',
      'half',
      '1G 512M',
      '',
    ],
    '[Service] CPUShares': ['2', '1', '1024', '262145', 'many', ''],
    '[Service] CPUQuota': ['50%', '50', '0%', '150%', '12.5%', '1.234%', '-5%', ''],
    '[Service] BlockIOWeight': ['10', '9', '1000', '1001', ''],
    '[Service] TasksMax': ['512', 'infinity', '0', '50%', 'lots', ''],
    '[Service] StandardOutput': [
      'journal',
      'journal+console',
      'syslog',
      'null',
      'stdout',
      '/var/log/x',
      'inherit',
      'tty',
      'fd:x',
      'file:/x',
      'append:/x',
      'kmsg',
      '',
    ],
    '[Service] SyslogFacility': ['daemon', 'local3', 'local9', 'web', ''],
    '[Service] SyslogLevel': ['warning', 'warn', 'err', 'error', 'info', ''],
    '[Service] DevicePolicy': ['auto', 'closed', 'strict', 'open', ''],
    '[Service] NotifyAccess': ['all', 'main', 'some', 'none', 'exec', ''],
    '[Service] ProtectSystem': ['yes', 'full', 'strict', 'true', 'maybe', ''],
    '[Service] ProtectHome': ['yes', 'read-only', 'tmpfs', 'maybe', ''],
    '[Service] MountFlags': ['shared', 'slave', 'private', 'slaved', ''],
    '[Service] SuccessExitStatus': ['143', '143 SIGTERM', '1,6', '256', 'TERM', 'TEMPFAIL 250', 'SIGFOO', '143;', ''],
    '[Service] RestartPreventExitStatus': ['SIGABRT 0', '-1'],
    '[Service] Sockets': ['a.socket', 'a', 'a.service', 'a.socket b.socket'],
    '[Service] Slice': ['machine.slice', 'web', 'a-b.slice'],
    '[Service] ExecStartPre': [
      '/bin/true',
      '-/bin/false',
      '@/bin/sh sh -c true',
      '-@/bin/sh x',
      'true',
      './run.sh',
      'bin/run',
      '-',
      '-@',
      '/bin/',
      '-run/this',
      "/bin/sh -c 'echo it's'",
      '/bin/sh -c "echo',
      '/bin/sh -c "echo \\"hi\\""',
      "/bin/sh -c 'it'\\''s'",
      '/bin/sh -c "it\'s"',
      "/bin/echo don\\'t",
      '"/bin/echo" a',
      '/bin/true ; /bin/false',
      '/bin/true ; ./x',
      '/bin/true;./x',
      '/bin/true ;',
      '/bin/true \\; ./x',
      '/bin/echo %i %n %%',
      '/bin/echo %F',
      '/bin/date +%%F',
      '/bin/date +%k',
      '/bin/echo %{http_code} 100%',
      '/bin/echo %1',
      '/bin/echo %z',
      '%h/run',
      '',
    ],
    '[Service] WorkingDirectory': ['/opt', '-/opt', '~', 'opt', '-opt', '%h', '-~', ''],
    '[Service] User': ['core', '1000', 'core:core', 'a/b', ''],
  },
  timer: {
    '[Timer] OnCalendar': [
      'daily',
      'Weekly',
      '*-*-* 03:00:00',
      '*-*-* 3:00',
      '*:0/5',
      '*:*:0/30',
      'Mon..Fri 08:30',
      'Mon,Wed *-*-* 00:00',
      'Sat',
      'Mon-Fri 10:00',
      '2016-*-01,15 12:00 UTC',
      '*-*~1',
      '10-15',
      '00:00:00.5',
      '03:00 Europe/Berlin',
      '@1400000000',
      '2015-10-01T03:00:00',
      'every day',
      '*/5 * * * *',
      '0 3 * * *',
      '@daily',
      '5min',
      '3am',
      'hourly 5',
      '25',
      '*',
    ],
    '[Timer] OnBootSec': ['5min', '10', 'five min', '1h 30min', '5m30s', '5 Minutes'],
    '[Timer] Unit': ['a.service', 'a', 'a@1.service', 'a.service b'],
  },
  socket: {
    '[Socket] ListenStream': [
      '80',
      '0',
      '65536',
      '/run/x.sock',
      '@x',
      'foo',
      'localhost:80',
      '127.0.0.1:80',
      '0.0.0.0:99999',
      '[::]:80',
      '[::1]:x',
      ':80',
      '127.0.0.1',
      'run/x',
      '%t/x',
    ],
    '[Socket] Service': ['a.service', 'a', 'a.socket'],
  },
  path: { '[Path] PathExists': ['/x', 'x', '%t/x'], '[Path] Unit': ['a', 'a.service'] },
  mount: { '[Mount] Where': ['/x', 'x'] },
};

/** Text of a unit whose line 3 is the one that is judged. */
const others3 = (section: string, line: string) => `[Unit]\n[${section}]\n${line}\n[Unit]\nDescription=x\n`;

interface Case {
  readonly line: string;
  readonly at: number;
  readonly ending: string;
  readonly text: string;
}
const ofServices = Object.entries(values).flatMap(([key, list]): Case[] =>
  list.map((value) => ({ line: `${key}=${value}`, at: 5, ending: 'service', text: service(`${key}=${value}`) })),
);
const ofAll = Object.entries(others).flatMap(([ending, keys]) =>
  Object.entries(keys).flatMap(([name, list]): Case[] => {
    const [, section = '', key = ''] = /^\[(\w+)\] (\w+)$/.exec(name) ?? [];
    return list.map((value) => ({
      line: `[${section}] ${key}=${value}`,
      at: 3,
      ending,
      text: others3(section, `${key}=${value}`),
    }));
  }),
);
/** What may stand in a command line in whatever order. */
const piece = fc.constantFrom(
  '/bin/echo',
  'a',
  "'",
  '"',
  '\\',
  ' ',
  ';',
  '$A',
  '%i',
  '%F',
  '%',
  '-',
  'b c',
  './x',
  '\\"',
  "\\'",
  '&&',
);
const commands = fc
  .sample(fc.array(piece, { minLength: 1, maxLength: 8 }), { numRuns: 250, seed: 11 })
  .map((pieces): Case => {
    const line = `ExecStartPre=/bin/sh ${pieces.join('')}`;
    return { line, at: 3, ending: 'service', text: others3('Service', line) };
  });

/** What makes systemd pass over a line, or over the whole unit. */
const unheeded =
  /ignoring(?! unknown escape)|Neither a valid executable|specifies a directory|Failed to resolve unit specifiers|not absolute|Invalid user/;

test.runIf(isJudge)('a value is refused exactly when systemd ignores it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'written-unit-'));
  try {
    // A backslash at the end goes on in the next line, which is no matter of values.
    const cases = [...ofServices, ...ofAll, ...commands].filter(({ line }) => !/\\\s*$/.test(line));
    const files = cases.map(({ ending }, i) => join(directory, `u${i}.${ending}`));
    // Type=oneshot among others has more rules of its own; those are no matter of one line.
    for (const [i, { text }] of cases.entries()) await writeFile(files[i] ?? '', text);
    const verify = promisify(execFile)('/usr/bin/systemd-analyze', ['verify', '--man=no', ...files], {
      maxBuffer: 1 << 24,
    });
    const warnings = await verify.then(
      (done) => done.stderr,
      (error: unknown) => String((error as { stderr?: unknown }).stderr),
    );
    const said3 = new Map<string, string[]>();
    for (const warning of warnings.split('\n')) {
      const [, file = '', at = '', text = ''] = /\/(u\d+\.\w+):(\d+): (.*)$/.exec(warning) ?? [];
      said3.set(`${file}:${at}`, [...(said3.get(`${file}:${at}`) ?? []), text]);
    }
    const judged = cases.map(({ line, at, ending }, i) => {
      const lines = said3.get(`u${i}.${ending}:${at}`) ?? [];
      return `${line}: ${lines.some((text) => unheeded.test(text)) ? 'ignored' : 'taken'}`;
    });
    const ours = cases.map(
      ({ line, text, ending }) => `${line}: ${said(text, `x.${ending}`) === 'accepted' ? 'taken' : 'ignored'}`,
    );
    expect(ours).toEqual(judged);
    expect(judged.filter((line) => line.endsWith('ignored')).length).toBeGreaterThan(150);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test.each([
  [
    'After=docker',
    'After=docker is ignored by systemd: "docker" is no unit\'s name -> write After=docker.service, or take the line out',
  ],
  ['Requires=a.service, b', 'write Requires=a.service b.service,'],
  ['Conflicts=web@*.service', '"web@*.service" is no unit\'s name (patterns are for [X-Fleet])'],
])('[Unit] %s is said with what will do', (line, expected) => {
  expect(said(`[Unit]\n${line}\n[Service]\nExecStart=/bin/true\n`)).toContain(`x.service:2: `);
  expect(said(`[Unit]\n${line}\n[Service]\nExecStart=/bin/true\n`)).toContain(expected);
});

test.each([
  ['Environment=FOO BAR=1', '"FOO" is no NAME=value'],
  ['Environment=FOO = bar baz', 'write Environment="FOO=bar baz",'],
  ['Environment=MY-NAME=x', 'write Environment=MY_NAME=x,'],
  ["ExecStop=/bin/sh -c 'echo it's'", "keeps systemd from starting the unit: a ' has no second one"],
  ['ExecStop=/bin/sh -c "date +%F"', 'systemd has no %F -> write ExecStop=%%F where a program is to see %F'],
  ['ExecStartPre=-./run.sh x', 'write ExecStartPre=-/opt/bin/run.sh,'],
  ['LimitNOFILE=unlimited', 'write LimitNOFILE=infinity,'],
  ['StandardOutput=/var/log/x.log', 'write StandardOutput=append:/var/log/x.log,'],
  ['MemoryLimit=512m', 'write MemoryLimit=512M,'],
])('[Service] %s is said with what will do', (line, expected) => {
  expect(said(service(line))).toContain('x.service:5: ');
  expect(said(service(line))).toContain(expected);
});

test('a long command is named by its beginning', () => {
  const answer = said(service(`ExecStop=/bin/sh -c "${'x '.repeat(500)}`));
  expect(answer).toContain('a " has no second one');
  expect(answer.length).toBeLessThan(300);
});

test('a section that a backslash above makes part of a command is named, however it is written', () => {
  for (const header of ['[X-FLEET]', '[x-fleet]', '[Install]', '[X-Mine]']) {
    const text = `[Service]\nExecStart=/bin/echo a \\\n  ; b\n${header}\nGlobal=true\n`;
    expect(said(text)).toContain(
      `x.service:4: the line before ends in a backslash, so that ${header} would be part of it`,
    );
  }
});

test('a unit of the time, with what only looks wrong, is taken', () => {
  const text = `[Unit]
Description=es on %H; "quoted", it's fine here
Documentation=https://example.com/es man:docker(1)
After=docker.service flanneld.service
Requires=docker.service
After=%p-data@%i.service
ConditionPathExists=|!/etc/no-es
StartLimitInterval=0

[Service]
EnvironmentFile=-/etc/es.env
EnvironmentFile=/etc/environment
Environment=A=1 "B=two words" 'C=$A'
Environment=
LimitNOFILE=1000000:1000000
ExecStartPre=-/usr/bin/docker rm -f %p-%i
ExecStart=/bin/bash -c '\\
  curl -sf -w "%{http_code}" http://\${COREOS_PRIVATE_IPV4}:4001/v2/keys/es; \\
  # --old-flag \\
  if [ "$?" = "0" ]; then \\
    HOSTS=$(etcdctl ls /es | sed "s/\\/es\\///g" | paste -s -d","); \\
  fi; \\
  exec docker run --name %p-%i -p %i:9200 es --hosts=$HOSTS'
ExecStop=/usr/bin/docker stop %p-%i ; /bin/true
SuccessExitStatus=143 SIGTERM
StandardOutput=syslog
KillMode=none
[X-Fleet]
X-Conflicts=%p@*.service
`;
  expect(said(text, 'es@.service')).toBe('accepted');
});

test('the words are named, and a value that will do', () => {
  expect(said(service('Restart=sometimes'))).toBe(
    'unit.syntax: x.service:5: Restart=sometimes is ignored by systemd: it is none of always, on-failure, on-success, on-abnormal, ' +
      'on-abort, on-watchdog, no -> write Restart=always, or take the line out',
  );
});

describe('a value of [X-Fleet] that fleet reads in another way than it is written', () => {
  const fleet = (line: string) => said(`[Service]\nExecStart=/bin/true\n[X-Fleet]\n${line}\n`);
  test.each([
    ['MachineMetadata=region = eu', 'compared blanks and all', 'region=eu'],
    ['MachineMetadata="region= eu"', 'compared blanks and all', 'region=eu'],
    ['MachineMetadata=region=eu,disk=ssd', 'without commas', '"region=eu" "disk=ssd"'],
    ['X-ConditionMachineMetadata="region=eu, disk=ssd"', 'without commas', '"region=eu" "disk=ssd"'],
    ['MachineMetadata=a=1 b=2', 'several each stands in double quotes', '"a=1" "b=2"'],
    ["MachineMetadata='a=1' 'b=2'", 'several each stands in double quotes', '"a=1" "b=2"'],
    ['MachineOf=a.service b.service', 'read as one unit', '"a.service" "b.service"'],
    ['X-ConditionMachineOf=a.service, b.service', 'read as one unit', '"a.service" "b.service"'],
    ['MachineOf=couchbase@%i', 'no unit is called so', 'couchbase@%i.service'],
    ['Global=maybe', 'neither yes nor no', 'true'],
    ['Global=True # everywhere', 'neither yes nor no', 'true'],
  ])('%s', (line, cause, example) => {
    const answer = fleet(line);
    expect(answer).toMatch(/^unit\.syntax: x\.service:4: /);
    expect(answer).toContain(cause);
    expect(answer.endsWith(`-> write ${line.slice(0, line.indexOf('='))}=${example}`)).toBe(true);
  });

  test.each([
    'MachineMetadata="a=1" "b=2"',
    'MachineMetadata = a=1',
    'MachineMetadata=',
    'MachineOf=%p.socket',
    'MachineOf="a.service" "b.service"',
    'Conflicts=a*.service  b@[12].service',
    'Conflicts="a*" "b*"',
    'Global=yes',
    'Global=True',
    'Global=1',
    'Global=off',
    'X-ConditionMachineMetadata=a=1',
    'X-Conflicts=a b',
    'X-ConditionMachineBootID=1234',
    'Frobnicate=1 2',
  ])('%s is as it is written', (line) => {
    expect(fleet(line)).toBe('accepted');
  });
});
