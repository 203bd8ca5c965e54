import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

test.runIf(isJudge)('a value is refused exactly when systemd ignores it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'written-unit-'));
  try {
    const cases = Object.entries(values).flatMap(([key, list]) => list.map((value) => `${key}=${value}`));
    const files = cases.map((_, i) => join(directory, `u${i}.service`));
    // Type=oneshot among others has more rules of its own; those are no matter of one line.
    for (const [i, line] of cases.entries()) await writeFile(files[i] ?? '', service(line));
    const verify = promisify(execFile)('/usr/bin/systemd-analyze', ['verify', '--man=no', ...files], {
      maxBuffer: 1 << 24,
    });
    const warnings = await verify.then(
      (done) => done.stderr,
      (error: unknown) => String((error as { stderr?: unknown }).stderr),
    );
    const judged = cases.map(
      (line, i) => `${line}: ${new RegExp(`/u${i}\\.service:5:.*ignoring`).test(warnings) ? 'ignored' : 'taken'}`,
    );
    const ours = cases.map((line) => `${line}: ${said(service(line)) === 'accepted' ? 'taken' : 'ignored'}`);
    expect(ours).toEqual(judged);
    expect(judged.filter((line) => line.endsWith('ignored')).length).toBeGreaterThan(20);
  } finally {
    await rm(directory, { recursive: true });
  }
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
