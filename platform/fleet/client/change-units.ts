import type { DesiredState } from '../parts/model.ts';
import type { UnitOptions } from '../unit/unit-file.ts';

/** What is to become of a unit. Without options it stays what it is; without a desired state (of a new one: inactive), too. */
export type UnitChange =
  | { readonly name: string; readonly options?: UnitOptions; readonly desired?: DesiredState }
  | { readonly name: string; readonly destroy: true };

/** An operation of PATCH /units. */
export interface UnitOperation {
  readonly op: 'set' | 'destroy';
  readonly name: string;
  readonly options?: UnitOptions;
  readonly desiredState?: DesiredState;
}

/** The API takes 1 MB and 2000 operations in one request; half of it leaves room for whatever JSON adds. */
const requestBytes = 512 * 1024;
const requestOperations = 1000;

/** Changes as bodies of PATCH /units, in as few requests as they fit into. Pure. */
export function requestsOf(changes: readonly UnitChange[]): UnitOperation[][] {
  const requests: UnitOperation[][] = [];
  let bytes = Infinity;
  for (const change of changes) {
    const operation = operationOf(change);
    const size = Buffer.byteLength(JSON.stringify(operation));
    const last = requests.at(-1);
    if (last === undefined || bytes + size > requestBytes || last.length >= requestOperations) {
      requests.push([operation]);
      bytes = size;
    } else {
      last.push(operation);
      bytes += size;
    }
  }
  return requests;
}

function operationOf(change: UnitChange): UnitOperation {
  if ('destroy' in change) return { op: 'destroy', name: change.name };
  const { name, options, desired } = change;
  return {
    op: 'set',
    name,
    ...(options !== undefined && { options }),
    ...(desired !== undefined && { desiredState: desired }),
  };
}
