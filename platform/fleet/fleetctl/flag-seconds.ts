import { LabError } from '#errors/lab-error.ts';

/**
 * The value of a flag that is a number of seconds, as fleetctl's are (`10`, `2.5`).
 * @throws LabError `usage.flag` naming the flag
 */
export function flagSeconds(flag: string, value: string): number {
  const number = Number(value);
  if (number > 0) return number;
  throw new LabError({
    code: 'usage.flag',
    cause: `--${flag}: "${value}" is no number of seconds`,
    next: 'fleetctl help',
  });
}
