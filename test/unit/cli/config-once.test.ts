import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LabCli, labName } from './lab-process.ts';

const repoDir = join(import.meta.dirname, '../../..');
const deadlineMs = 60_000;

let lab: LabCli;
beforeAll(async () => {
  lab = new LabCli();
  await lab.build();
}, 300_000);
beforeEach(() => {
  rmSync(join(lab.dir, 'config.rb'));
  // Emulated: whether KVM is of use is a question of seconds.
  const state = `[lab]\nname = "${labName}"\nstate_dir = "${join(lab.dir, 'state')}"\n`;
  lab.write({ toml: `${state}[vagrant]\ndriver = "qemu"\n` });
});
afterAll(() => lab.remove());

/** Gives a pipe's content to one reader: who opens it again waits for a writer that does not come. */
const giveOnce = (file: string, content: string) =>
  execa('sh', ['-c', 'printf %s "$1" > "$0"', file, content], { reject: false, timeout: deadlineMs });

it.each([
  ['status', 0, 'core-02 '],
  ['status --provider vagrant', 0, 'core-02 '],
  ['halt', 74, ''],
  ['halt --provider vagrant', 74, ''],
  ['vagrant settings', 0, '"memoryMb":1600'],
  ['vagrant settings --hypervisor virtualbox', 0, '"memoryMb":1600'],
  ['image box --name', 0, 'coreos-lab-'],
])('lab %s reads config.rb once', async (line, exitCode, said) => {
  const file = join(lab.dir, 'config.rb');
  rmSync(file);
  await execa('mkfifo', [file]);
  const writer = giveOnce(file, '$num_instances = 2\n$vm_memory = 1600\n');
  const main = join(repoDir, 'dist/cli/main.cjs');
  const env = {
    LAB_ROOT: repoDir,
    LAB_CONFIG_DIR: lab.dir,
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    NUM_INSTANCES: undefined,
  };
  const ran = await execa(process.execPath, [main, ...line.split(' ')], {
    env,
    reject: false,
    stdin: 'ignore',
    cwd: lab.dir,
    timeout: deadlineMs,
    killSignal: 'SIGKILL' as const,
  });
  expect({ ended: !ran.timedOut, exitCode: ran.exitCode }).toEqual({ ended: true, exitCode });
  expect(ran.stdout).toContain(said);
  // Nobody read it if its writer still waits.
  expect((await writer).exitCode).toBe(0);
});
