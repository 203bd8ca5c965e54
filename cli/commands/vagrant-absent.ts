import { LabError } from '#errors/lab-error.ts';

/** Vagrant's verbs that containers do without, and what does their job. */
export const absentVerbs: ReadonlyMap<string, string> = new Map([
  [
    'provision',
    'vagrant destroy core-02, then vagrant up   (Ignition provisions a machine once, before its first boot)',
  ],
  ['box', 'lab image list   (of containers; the machines share one OS image, which lab up builds)'],
  ['plugin', 'nothing: containers need no plugin, and no Vagrant'],
  ['package', 'lab image box   (makes a box of the OS image)'],
  ['init', 'nothing: the number of machines and their sizes are in config.rb'],
  ['validate', 'lab up --dry-run'],
  ['port', 'nothing: each machine has its own address, lab status shows them'],
  ['ssh-config', 'ssh core-01 in lab shell, or lab ssh core-01'],
  ['global-status', 'lab list'],
  ['upload', 'lab cp FILE core-01:'],
  ['rsync', 'lab cp -r DIR core-01:'],
  ['rsync-auto', 'lab cp -r DIR core-01:'],
  ['cloud', 'nothing: no box is fetched'],
  ['login', 'nothing: no box is fetched'],
  ['push', 'nothing: there is nowhere to push to'],
  ['share', 'nothing: the machines are reached from this host only'],
  ['rdp', 'lab ssh core-01'],
  ['powershell', 'lab ssh core-01'],
  ['winrm', 'lab ssh core-01'],
  ['version', 'lab --version'],
]);

/** @throws LabError `usage.vagrant` always */
export function vagrantAbsent(verb: string): never {
  throw new LabError({
    code: 'usage.vagrant',
    cause: `vagrant ${verb} is not there on containers`,
    next: absentVerbs.get(verb) ?? 'vagrant --help',
  });
}
