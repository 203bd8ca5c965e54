import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import type { LabUnderTest } from '../harness/context/lab-under-test.ts';
import type { Subject } from '../harness/prediction/subject.ts';
import { containerName } from '../harness/record/unit-name.ts';

/** The sidekick has announced the unit at another address than before. */
export function announcedAnew(lab: LabUnderTest, key: NonNullable<Subject['key']>): Condition {
  return {
    name: `${key.name} holds a new address`,
    missing: async () => {
      const now = lab.fleet.view.keys[key.name];
      return now !== undefined && now !== key.old ? undefined : `the key holds ${now ?? 'nothing'}`;
    },
  };
}

/** Couchbase holds RSVPs: the worker feeds the one that is announced now. */
export function documentsStored(lab: LabUnderTest): Condition {
  return {
    name: 'Couchbase holds RSVPs',
    missing: async () => {
      const documents = await lab.page.documents();
      return documents === undefined ? 'Couchbase does not say how many' : documents > 0 ? undefined : 'none so far';
    },
  };
}

/** A machine that is back runs no container of a unit that has moved away meanwhile. */
export function oldCopiesStopped(lab: LabUnderTest, machine: string, moved: readonly string[]): Condition {
  return {
    name: `${machine} has stopped what moved away`,
    missing: async () => {
      const containers = await lab.docker.running(machine);
      const left = moved.filter((unit) => {
        const target = lab.fleet.view.units.find(({ name }) => name === unit)?.target;
        return target !== machine && containers.includes(containerName(unit));
      });
      return left.length === 0 ? undefined : `still running there: ${left.join(', ')}`;
    },
  };
}
