import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LabCli, labName } from './lab-process.ts';

const here = join(import.meta.dirname, '../../..');
const asRoot = process.getuid?.() === 0;

let lab: LabCli;
let other: string;
beforeAll(async () => {
  lab = new LabCli();
  await lab.build();
}, 300_000);
const makeOther = (parent: string): void => {
  other = mkdtempSync(join(parent, "another's checkout-"));
  writeFileSync(join(other, 'lab'), '#!/bin/sh\n');
};
beforeEach(() => {
  makeOther(tmpdir());
  rmSync(join(lab.dir, 'state'), { recursive: true, force: true });
});
afterEach(() => rmSync(other, { recursive: true, force: true }));
afterAll(() => lab.remove());

/** As `lab up` of that checkout leaves it. */
function madeBy(checkout: string, configDir = checkout): void {
  const stateDir = join(lab.dir, 'state', labName);
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(join(stateDir, 'made-by.json'), `${JSON.stringify({ checkout, configDir })}\n`);
}

/** Of the other checkout, with three machines of other names and addresses. */
function configure(name = labName): void {
  writeFileSync(join(other, 'config.rb'), "$instance_name_prefix = 'node'\n");
  const network = ['range = "10.77.0.0/24"', 'bridge = "10.77.0.1"', 'first_machine = "10.77.0.11"'];
  const text = [`[lab]`, `name = "${name}"`, `state_dir = "${join(lab.dir, 'state')}"`, '[network]', ...network];
  writeFileSync(join(other, 'lab.toml'), [...text, 'host = "10.77.0.254"', ''].join('\n'));
}

const notes = (stderr: string): string[] => stderr.split('\n').filter((line) => line.startsWith('note: '));

describe.skipIf(!asRoot)("another checkout's lab", () => {
  it('is shown as that checkout describes it, and said once, on stderr', async () => {
    madeBy(other);
    configure();
    const { exitCode, stdout, stderr } = await lab.run('status');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^node-01 .*10\.77\.0\.11/m);
    expect(stderr).toBe(`note: lab ${labName} was made by ${other}`);
    expect(JSON.parse((await lab.run('status', '--json')).stdout)).toMatchObject({ lab: labName, up: false });
  });

  it('is told from this one when its files are links to those of this one (cp -al)', async () => {
    rmSync(other, { recursive: true });
    // /tmp may be a file system of its own, and links do not go from one to another.
    makeOther(join(here, 'node_modules'));
    madeBy(other);
    configure();
    rmSync(join(other, 'lab'));
    linkSync(join(here, 'lab'), join(other, 'lab'));
    expect(notes((await lab.run('status')).stderr)).toEqual([`note: lab ${labName} was made by ${other}`]);
  });

  it.each([
    ['has no sound configuration', () => writeFileSync(join(other, 'lab.toml'), '[labb]\n')],
    ['describes another lab by now', () => configure('renamed')],
  ])('whose checkout %s is shown by this one’s, which is said', async (_, prepare) => {
    madeBy(other);
    prepare();
    const { exitCode, stdout, stderr } = await lab.run('status');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^core-01 .*172\.17\.8\.101/m);
    expect(notes(stderr)).toEqual([expect.stringContaining("those of this checkout's lab.toml")]);
  });

  it.each([['ssh', 'node-01'], ['fleetctl', 'list-units'], ['doctor']])('lab %s says it too', async (...words) => {
    madeBy(other);
    configure();
    expect(notes((await lab.run(...words)).stderr)).toEqual([`note: lab ${labName} was made by ${other}`]);
  });

  it.each([
    ['up'],
    ['halt', 'core-02'],
    ['cut', 'core-02'],
    ['destroy', 'core-02'],
    ['scenario', 'failover', '--by', 'cut'],
    ['vagrant', 'prepare', 'core-01'],
  ])('lab %s refuses to change it, with the command for that checkout', async (...words) => {
    madeBy(other);
    configure();
    const { exitCode, stdout, stderr } = await lab.run(...words);
    expect([exitCode, stdout]).toEqual([74, '']);
    expect(stderr).toContain(`error lab ${labName} was made by ${other} [state.another-checkout]`);
    const place = `'${other.replace("'", String.raw`'\''`)}'`;
    expect(stderr).toContain(`cd ${place} && ./lab ${words.join(' ')};`);
    expect(lab.leftovers()).toEqual([join(lab.dir, 'state')]);
  });

  it('is removed by lab destroy, which says whose it was', async () => {
    madeBy(other);
    configure();
    const { exitCode, stdout, stderr } = await lab.run('destroy');
    expect([exitCode, notes(stderr)]).toEqual([0, [`note: lab ${labName} was made by ${other}`]]);
    expect(stdout).toContain(`lab ${labName} is gone`);
    expect(lab.leftovers()).toEqual([]);
  });

  it('of a checkout that is gone is this one’s: said, and no command is refused for it', async () => {
    rmSync(other, { recursive: true });
    madeBy(other);
    const looked = await lab.run('status');
    expect(notes(looked.stderr)).toEqual([expect.stringContaining('is no checkout any more')]);
    const { exitCode, stderr } = await lab.run('halt');
    expect(stderr).toContain("which is no checkout any more; it is this checkout's now");
    expect([exitCode, stderr]).toEqual([74, expect.stringContaining('state.lab-down')]);
  });

  it('of this very checkout, reached by another path, is no other’s', async () => {
    const link = join(lab.dir, 'link');
    rmSync(link, { force: true });
    symlinkSync(here, link);
    madeBy(link);
    expect(await lab.run('status')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each(['', 'null', '{"checkout":7}', '{"checkout":""}'])('a record that says %j is none', async (text) => {
    madeBy(other);
    writeFileSync(join(lab.dir, 'state', labName, 'made-by.json'), text);
    expect(await lab.run('status')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
