import { LabError } from '#errors/lab-error.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab } from '../open-lab.ts';
import * as snapshot from './snapshot.ts';

/** Vagrant's verbs of snapshots, where the machines are containers: of the whole lab, for one disk alone would not fit the others'. */
export async function vagrantSnapshot(from: Invocation, verb: string, words: readonly string[]): Promise<void> {
  const lab = await lookAtLab(from);
  const named = lab.config.machines.find(({ name }) => words.length > 1 && name === words[0]);
  if (named !== undefined) {
    throw new LabError({
      code: 'unbuilt.one-snapshot',
      cause: `a snapshot is of the whole lab: the disk of ${named.name} alone would not fit what etcd has on the others`,
      next: `vagrant snapshot ${verb} ${words[1] ?? ''}`,
    });
  }
  const [name] = words;
  if (verb === 'list') return snapshot.list(from, {});
  const verbs = { save: snapshot.save, restore: snapshot.restore, delete: snapshot.remove };
  const work = Object.entries(verbs).find(([one]) => one === verb)?.[1];
  if (work !== undefined && name !== undefined) return work(from, name, {});
  throw new LabError({
    code: 'usage.command',
    cause: `vagrant snapshot ${[verb, ...words].join(' ')}: it is save NAME, restore NAME, delete NAME or list`,
    next: 'vagrant snapshot save before-failover',
  });
}

/** A container has no memory that could be written to a disk and read again. @throws LabError `unbuilt.suspend` */
export function vagrantSuspend(verb: 'suspend' | 'resume'): never {
  throw new LabError({
    code: 'unbuilt.suspend',
    cause: `vagrant ${verb}: the machines are containers, whose memory is not kept`,
    next:
      verb === 'suspend'
        ? 'vagrant halt   (disks are kept; lab snapshot save NAME keeps them as they are now)'
        : 'vagrant up',
  });
}
