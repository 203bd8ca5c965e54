import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { within } from '../../../support/within.ts';
import { LabCli, labName } from '../lab-process.ts';

/** A real bash on a terminal of its own, in which somebody types. */
describe('lab completion bash', () => {
  let lab: LabCli;
  let script = '';
  beforeAll(async () => {
    lab = new LabCli();
    // The first call builds when a source is newer than the build.
    const { exitCode, stdout } = await lab.run('completion', 'bash');
    expect(exitCode).toBe(0);
    script = join(lab.dir, 'completion.bash');
    writeFileSync(script, stdout);
    for (const [name, machine] of [
      [labName, 'core-07'],
      ['second', 'node-09'],
    ] as const) {
      const dir = join(lab.dir, 'state', name);
      mkdirSync(join(dir, 'snapshots/before'), { recursive: true });
      writeFileSync(join(dir, 'snapshots/before/snapshot.json'), '{}');
      const spec = { lab: name, machines: [{ name: machine, address: '172.17.8.107' }] };
      writeFileSync(join(dir, 'supervisor-spec.json'), JSON.stringify(spec, null, 2));
    }
  }, 300_000);
  afterAll(() => lab.remove());

  /** What `lab` is called with when this is typed; a tab completes. */
  async function typed(keys: string): Promise<string> {
    const bash = execa('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      env: { TERM: 'dumb', PS1: '' },
      cwd: lab.dir,
      input: `bind 'set bell-style none'; . '${script}'; lab() { echo "called<$*>"; }\n${keys}\nexit\n`,
      reject: false,
    });
    const { stdout } = await within(bash, keys);
    return /^.*called<(.*)>/m.exec(stdout.slice(stdout.lastIndexOf('called<')))?.[1] ?? stdout;
  }

  it.each([
    ['commands', 'lab snapsh\tx', 'snapshot x'],
    ['words of a command', 'lab snapshot rest\tbef\t', 'snapshot restore before'],
    ['machines of this lab', 'lab ssh c\tuptime', 'ssh core-07 uptime'],
    ['scenarios', 'lab scenario failo\t', 'scenario failover'],
    ['labs', 'lab --name sec\tup', '--name second up'],
    ['machines of the lab that is named', 'lab --name second halt n\t', '--name second halt node-09'],
    ['the same, named behind', 'lab halt --name second n\t', 'halt --name second node-09'],
    ['commands of fleetctl', 'lab fleetctl list-machi\t', 'fleetctl list-machines'],
  ])('completes %s', async (_, keys, called) => {
    expect((await typed(keys)).trim()).toBe(called);
  });

  it('knows three shells', async () => {
    expect((await lab.run('completion', 'zsh')).stdout).toContain('bashcompinit');
    expect((await lab.run('completion', 'fish')).stdout).toContain('complete -c lab -n __fish_use_subcommand');
    expect((await lab.run('completion', 'csh')).exitCode).toBe(64);
  });
});
