import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCli, labName } from './lab-process.ts';

/** Commands on a lab that one keeps, as programs; no lab is up here. */
describe.skipIf(process.getuid?.() !== 0)('without a lab', () => {
  let lab: LabCli;
  beforeAll(async () => {
    lab = new LabCli();
    await lab.build();
  }, 300_000);
  afterAll(() => lab.remove());

  it.each([
    ['snapshot save one', 74, 'state.machine', 'lab up'],
    ['snapshot save ../one', 64, 'usage.snapshot-name', 'lab snapshot save before-failover'],
    ['snapshot restore one', 68, 'missing.snapshot', 'lab snapshot save one'],
    ['snapshot delete one', 68, 'missing.snapshot', 'lab snapshot save one'],
    ['vagrant snapshot save core-01 one', 79, 'unbuilt.one-snapshot', 'vagrant snapshot save one'],
    ['vagrant snapshot push', 64, 'usage.command', 'vagrant snapshot save before-failover'],
    ['vagrant suspend core-01', 79, 'unbuilt.suspend', 'vagrant halt'],
    ['watch', 74, 'state.lab-down', 'lab up'],
    ['watch --for soon', 64, 'usage.value', 'lab watch --for 30'],
    ['up --name Second', 64, 'usage.name', 'lab list'],
    ['destroy --all core-01', 64, 'usage.destroy', 'lab destroy core-01'],
  ])('lab %s: %d, %s, and what to do; nothing is left of it', async (words, exitCode, code, next) => {
    const said = await lab.run(...words.split(' '));
    expect(said).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(`[${code}]`) as string });
    expect(said.stderr).toContain(`next  ${next}`);
    expect(lab.leftovers()).toEqual([]);
  });

  it('lab snapshot list says that there is none', async () => {
    const { exitCode, stdout } = await lab.run('snapshot', 'list');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `lab ${labName} has no snapshot. Next: lab snapshot save before-failover`,
    });
    expect((await lab.run('snapshot', 'list', '--json')).stdout).toBe('[]');
  });

  it('--name is another lab of the same configuration, for what a command calls, too', async () => {
    expect((await lab.run('status', '--name', 'keptunit')).stdout).toContain('lab keptunit is not up');
    const inShell = await lab.run('--name=keptunit', 'shell', '-c', 'lab status --json');
    expect(JSON.parse(inShell.stdout)).toMatchObject({ lab: 'keptunit', up: false });
    const guests = await lab.run('status', '--name', 'keptunit', '--provider', 'vagrant');
    expect(guests.stderr).toContain('[unbuilt.named-guests]');
  });

  it('lab destroy --all shows what would go, damaged ones too, and destroys nothing without an answer', async () => {
    const dir = join(lab.dir, 'state', 'keptbroken');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'supervisor-spec.json'), '{"lab": ');
    const { exitCode, stdout, stderr } = await lab.run('destroy', '--all');
    expect(exitCode).toBe(64);
    expect(stdout).toMatch(/^keptbroken +down +containers; what it is made of cannot be read/m);
    expect(stderr).toContain('[usage.terminal]');
    expect(stderr).toContain('next  lab destroy --all --force');
  });
});
