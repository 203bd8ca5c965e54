import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fit } from '#cli/render/fit.ts';
import { exitCodes } from '#errors/lab-error.ts';
import { runDoctor } from '#provision/host/doctor.ts';
import { formatDoctorReport } from '#provision/host/doctor-report.ts';
import { expectKept } from '../../support/kept-text.ts';
import { normalise, normaliseDoctor } from '../../support/normalise.ts';
import type { Terminal } from '../../support/terminal.ts';
import { load } from '../provision/config/config-directory.ts';
import { describedHost } from '../provision/host/described-host.ts';
import { LabCli } from './lab-process.ts';

const terminals: readonly Terminal[] = [
  { columns: 80, rows: 24, term: 'xterm-256color', env: { NO_COLOR: '1' } },
  { columns: 40, rows: 6, term: 'dumb' },
];

interface Lines {
  readonly lines: readonly string[];
  /** Without: a sound configuration. */
  readonly files?: { rb?: string; toml?: string };
  readonly as?: readonly string[];
}

// The configuration lies where only root may read.
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const reader = [...nobody, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
const screens: Readonly<Record<string, Lines>> = {
  help: { lines: ['--help'] },
  status: { lines: ['status'] },
  scenarios: { lines: ['scenario', 'scenario failover --help', 'scenario rejoin --help', 'scenario chaos --help'] },
  guide: {
    lines: [
      'guide reset',
      'guide check',
      'guide chek',
      'guide',
      'guide check',
      'guide hint',
      'guide why',
      'guide why --answers',
      'guide next',
      'guide goto 99',
      'guide list',
      'guide new Bad!',
      'guide ./no',
      'guide class . nosuch',
      'guide reset',
    ],
  },
  explain: { lines: ['explain', 'explain state.quorum', 'explain host.kernel-inotify', 'explain busy', 'explain 75'] },
  'errors-usage': {
    lines: [
      'frobnicate',
      'status --jsn',
      'ssh',
      'cut',
      'test --tier slow',
      '--provider magic status',
      'scenario failover --by magic',
      'scenario failover --bye',
      'scenario new Bad!',
    ],
  },
  'errors-missing': { lines: ['scenario nosuch', 'scenario ./no.ts', 'ssh core-09', 'explain no.such', 'explain 99'] },
  'errors-state': { lines: ['halt', 'cut core-01', 'ssh core-01', 'fleetctl list-units'] },
  'errors-input': { lines: ['scenario ./bad.ts'] },
  'errors-permission': { lines: ['up', 'destroy', 'scenario failover'], as: reader },
  'errors-config-rb': { lines: ['status'], files: { rb: '# sizes\n$num_instances = foo()\n' } },
  'errors-config-memory': { lines: ['status'], files: { rb: '$vm_memory = 1024\n' } },
  'errors-config-toml': { lines: ['up'], files: { toml: '[timers]\nfleet_agent_tll = "5s"\n' } },
};

let lab: LabCli;
beforeAll(async () => {
  // Its path decides where lines end, so it is as long everywhere, and fits on one.
  lab = new LabCli('screens', '/tmp/lab-');
  writeFileSync(
    join(lab.dir, 'bad.ts'),
    "import { scenario } from 'coreos-lab/scenario';\nexport default scenario({\n",
  );
  await lab.build();
}, 300_000);
afterAll(() => lab.remove());

/** Prompt, screen and exit code of each line. One that holds the lab is in the way of others: only help comes several `atOnce`. */
async function shown(terminal: Terminal, lines: readonly string[], atOnce = 1): Promise<string> {
  const parts: string[] = [];
  for (let i = 0; i < lines.length; i += atOnce) {
    parts.push(...(await Promise.all(lines.slice(i, i + atOnce).map((line) => shownLine(terminal, line)))));
  }
  const now = /\d{4}-\d{2}-\d{2} \d{2}:\d{2}/g;
  return normalise(parts.join('\n').replaceAll(now, '2026-11-29 20:00'), { '/tmp/lab-XXXXXX': lab.dir });
}

async function shownLine(terminal: Terminal, line: string): Promise<string> {
  const { exitCode, screen } = await lab.onTerminal(terminal, ...line.split(' '));
  expect([line, tooWide(screen, terminal)]).toEqual([line, []]);
  expect(screen).not.toContain('\x1b');
  return `$ lab ${line}\n${screen}\n[exit code ${exitCode}]\n`;
}

const tooWide = (screen: string, { columns }: Terminal) => screen.split('\n').filter((line) => line.length > columns);
const kept = (terminal: Terminal, name: string) => join(import.meta.dirname, `screens/${terminal.columns}/${name}.txt`);

describe.each(terminals)('on a terminal of $columns columns, TERM=$term', (terminal) => {
  it.each(Object.entries(screens))('%s', async (name, { lines, files = {}, as = [] }) => {
    lab.write(files);
    expectKept(kept(terminal, name), await shown({ ...terminal, as }, lines));
  });

  it('help of each command', async () => {
    const { stdout } = await lab.run('--help');
    const list = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Examples:'));
    const names = [...list.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '');
    // fleetctl has a help of its own, which needs a machine.
    const commands = names.filter((name) => !['help', 'fleetctl'].includes(name));
    expect(commands.length).toBeGreaterThan(12);
    const verbs = ['up', 'halt', 'reload', 'destroy', 'status', 'settings', 'prepare'].map((verb) => `vagrant ${verb}`);
    const ofGuides = ['check', 'next', 'hint', 'why', 'goto', 'save', 'list', 'class', 'code', 'new', 'reset'].map(
      (word) => `guide ${word}`,
    );
    const images = ['box', 'build', 'list', 'load', 'prune', 'rm'].map((word) => `image ${word}`);
    const deeper = [...verbs, ...images, ...ofGuides];
    const lines = [...commands, ...deeper].map((command) => `${command} --help`);
    expectKept(kept(terminal, 'help-of-commands'), await shown(terminal, lines, 3));
  });

  it('doctor: of a described host, and lines that fit of the host at hand', async () => {
    const host = describedHost({ missing: ['tini'], nodeVersion: '18.0.0', files: { '/dev/fuse': undefined } });
    const report = formatDoctorReport(await runDoctor(load({}), host));
    expectKept(kept(terminal, 'doctor'), fit(report, terminal.columns));
    lab.write();
    const { screen, exitCode } = await lab.onTerminal(terminal, 'doctor');
    expect(tooWide(screen, terminal)).toEqual([]);
    expect([0, exitCodes.host]).toContain(exitCode);
  });
});

it('doctor: the checks of the host at hand, where there is room for a line each', async () => {
  lab.write();
  const { screen } = await lab.onTerminal({ columns: 400, rows: 50, term: 'dumb' }, 'doctor');
  expectKept(join(import.meta.dirname, 'screens/doctor-here.txt'), `${normaliseDoctor(screen)}\n`);
});
