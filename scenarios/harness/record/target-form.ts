import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';

/** What a target that is no machine's name may be; a role is looked up when its turn comes. */
const roles = ['engine leader', 'etcd leader', 'any other'] as const;

/** @returns UNIT of `machine running UNIT`. Pure. */
export function unitOfTarget(target: string): string | undefined {
  return /^(?:the )?machine running (\S+)$/.exec(target)?.[1];
}

/**
 * Is it written as a target of a lab with these machines? Which machine a role means is not known before the cluster runs. Pure.
 * @throws LabError `missing.target`
 */
export function checkTarget(target: string, machines: readonly string[]): void {
  if ([...machines, ...roles].includes(target) || unitOfTarget(target) !== undefined) return;
  throw noTarget(target, machines);
}

/** What to say of one that is no target. Pure. */
export function noTarget(target: string, machines: readonly string[]): LabError {
  const known = [...machines, ...roles];
  const targets = [...machines, 'machine running UNIT', ...roles].join(', ');
  return missingTarget(target, `targets are ${targets}${didYouMean(target, known)}`);
}

/** No machine is meant now, for this reason. Pure. */
export function missingTarget(target: string, why: string): LabError {
  return new LabError({
    code: 'missing.target',
    cause: `no machine is "${target}": ${why}`,
    next: 'lab fleetctl list-units; lab status',
  });
}
