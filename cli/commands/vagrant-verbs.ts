import { LabError } from '#errors/lab-error.ts';
import { appliedNote, changeNote } from '#provision/cluster/in-force/change-note.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import type { MachineState } from '#provision/machines/machine-provider.ts';
import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import { confirm } from '../confirm.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, openLab, requireRoot } from '../open-lab.ts';
import { printErr, printOut } from '../render/terminal.ts';
import { vagrantLine, vagrantLines } from '../render/vagrant-line.ts';

/** Vagrant's verbs where the machines are containers: the lab's own commands, in Vagrant's words (docs/vagrant.md). */
export async function vagrantUp(from: Invocation, names: string[]): Promise<void> {
  const lab = await openContainers(from);
  await bringUp(lab, names);
}

/** `vagrant halt [--force]` on a lab of containers. */
export async function vagrantHalt(from: Invocation, names: string[], options: { force?: boolean }): Promise<void> {
  const lab = await openContainers(from);
  await halt(lab, names, options.force === true);
}

/** `vagrant reload`: halts and brings up again. */
export async function vagrantReload(from: Invocation, names: string[]): Promise<void> {
  const lab = await openContainers(from);
  await halt(lab, names, false);
  await bringUp(lab, names);
}

/** Exit code as Vagrant's: 1 where every question was answered with no, 2 where some were. */
export async function vagrantDestroy(from: Invocation, names: string[], options: { force?: boolean }): Promise<void> {
  const lab = await openContainers(from);
  const there = new Set(await existing(lab));
  const asked = lab.machines(names).map(({ name }) => name);
  const confirmed: string[] = [];
  // Vagrant goes from the last machine to the first.
  for (const name of asked.toReversed()) {
    if (!there.has(name)) printOut(`==> ${name}: VM not created. Moving on...`);
    else if (options.force === true || (await mayGo(name))) confirmed.push(name);
    else printOut(`==> ${name}: The VM '${name}' stays as it is: destroying it was declined.`);
  }
  const left = [...there].filter((name) => !confirmed.includes(name));
  if (left.length === 0) {
    for (const name of confirmed) say({ subject: name, phase: 'destroy', status: 'started' });
    await lab.destroy();
    return;
  }
  if (confirmed.length > 0) await lab.destroyMachines(confirmed);
  const declined = asked.filter((name) => left.includes(name)).length;
  if (declined > 0) process.exitCode = confirmed.length === 0 ? 1 : 2;
}

/** `vagrant status`, in Vagrant's own words for the states. */
export async function vagrantStatus(from: Invocation, names: string[]): Promise<void> {
  const lab = await lookAtLab(from);
  refuseStopped(lab.paths, lab.config.name);
  const { machines } = await lab.provider().status();
  const words: Readonly<Record<MachineState, string>> = {
    absent: 'not created',
    stopped: 'poweroff',
    starting: 'starting',
    running: 'running',
    stopping: 'stopping',
  };
  const rows = lab.machines(names).map(({ name }) => {
    const state = machines.find((machine) => machine.name === name)?.state ?? 'absent';
    return `${name.padEnd(25)} ${words[state]} (${lab.provider().name})`;
  });
  printOut(['Current machine states:', '', ...rows, '', 'What runs on them: lab status'].join('\n'));
}

function say(event: LabEvent, lineOf = vagrantLine): void {
  const line = lineOf(event);
  if (line !== undefined) printOut(line);
}

/** @throws LabError `state.provider` for virtual machines: those are Vagrant's own */
async function openContainers(from: Invocation): Promise<Lab> {
  requireRoot();
  const lineOf = vagrantLines();
  const lab = await openLab(from, (event) => say(event, lineOf));
  if (lab.config.provider !== 'nspawn') {
    throw new LabError({
      code: 'state.provider',
      cause: "this lab's machines are made by Vagrant itself",
      next: 'vagrant status   (in the checkout, or in lab shell)',
    });
  }
  await refuseDuringScenario(lab.paths);
  refuseStopped(lab.paths, lab.config.name);
  return lab;
}

async function bringUp(lab: Lab, names: readonly string[]): Promise<void> {
  const written = lab.written.machines.map(({ name }) => name);
  for (const name of names.length === 0 ? written : names)
    printOut(`Bringing machine '${name}' up with '${lab.provider().name}' provider...`);
  const { applied, later } = await lab.upAsWritten(names);
  for (const change of applied) printErr(`note: ${appliedNote(change)}`);
  for (const change of later) printErr(`note: ${changeNote(change)}`);
}

async function halt(lab: Lab, names: readonly string[], force: boolean): Promise<void> {
  const { machines } = await lab.provider().status();
  const stateOf = (name: string) => machines.find((machine) => machine.name === name)?.state ?? 'absent';
  const asked = lab.machines(names).map(({ name }) => name);
  for (const name of asked.filter((one) => stateOf(one) === 'absent'))
    printOut(`==> ${name}: VM not created. Moving on...`);
  // One that is off already is passed over in silence, as Vagrant does.
  const there = asked.filter((name) => !['absent', 'stopped'].includes(stateOf(name)));
  if (there.length > 0) await (force ? lab.cut(there) : lab.halt(there));
}

async function existing(lab: Lab): Promise<string[]> {
  const { machines } = await lab.provider().status();
  return machines.filter(({ state }) => state !== 'absent').map(({ name }) => name);
}

/** @throws LabError `usage.terminal` */
async function mayGo(name: string): Promise<boolean> {
  const question = `    ${name}: Are you sure you want to destroy the '${name}' VM?`;
  return confirm(question, `vagrant destroy asks whether ${name} is to go`, 'vagrant destroy -f');
}
