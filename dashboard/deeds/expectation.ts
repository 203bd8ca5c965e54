import { inSeconds } from '#errors/seconds.ts';
import type { ClusterView } from '#scenarios/harness/record/cluster-view.ts';
import type { FailureKind } from '#scenarios/harness/prediction/detection.ts';
import type { FailoverSteps } from '#scenarios/harness/prediction/failover-steps.ts';
import { movableUnits, subjectOf } from '#scenarios/harness/prediction/subject.ts';
import { sum } from '#scenarios/harness/prediction/terms.ts';
import type { Prediction } from '#scenarios/harness/record/run-report.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';
import { shortUnit } from '../moment/unit-parts.ts';

/**
 * What to expect when a machine fails so: a line each, of the same predictions that the scenarios are judged by. Pure.
 * @param others machines that run beside it, of `all` of the lab
 */
export function expectationOf(args: {
  readonly by: FailureKind;
  readonly machine: string;
  readonly view: ClusterView;
  readonly steps: FailoverSteps;
  readonly others: number;
  readonly all: number;
}): string[] {
  const { by, machine, view, steps, others, all } = args;
  const quorum = quorumOf(all);
  if (others < quorum) {
    return [
      `Of ${all} machines ${others} would be left, and etcd needs ${quorum}: it takes no write, and fleet's engine decides nothing until another one is back.`,
      'What runs goes on running. Discovery keys are not renewed, and go when etcd has a leader again.',
    ];
  }
  const moving = movableUnits(view, machine).map(shortUnit);
  const web = view.units.filter(
    ({ name, states }) => name.startsWith('web@') && states.some((one) => one.machine === machine),
  );
  const subject = subjectOf(view, machine);
  const placed = sum(steps.gone, steps.rescheduled);
  return [
    `After ${range(steps.gone)} fleet no longer lists ${machine} (${steps.gone.terms}).`,
    ...(moving.length === 0
      ? ['Nothing on it has to move.']
      : [`By ${range(placed)} the engine has placed anew: ${moving.join(', ')}.`]),
    ...(subject === undefined
      ? []
      : [
          `${shortUnit(subject.unit)} runs again after ${range(sum(placed, steps.active))}, and is announced after ${range(sum(placed, steps.active, steps.registered))}.`,
        ]),
    ...(subject?.unit.startsWith('couchbase@') === true ? ['Its documents are gone: they are in the container.'] : []),
    ...web.map(
      ({ name }) => `${shortUnit(name)} finds no machine: each of the others has a web unit, which conflicts with it.`,
    ),
    by === 'pause' || by === 'partition'
      ? 'What runs on it stands, or goes on unheard, until everything is given back; the dashboard does that when it ends.'
      : `lab up ${machine} brings it back, with its disk.`,
  ];
}

function range({ minMs, maxMs }: Prediction): string {
  return `${inSeconds(minMs)} to ${inSeconds(maxMs)} s`;
}
