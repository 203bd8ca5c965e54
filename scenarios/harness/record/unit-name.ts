/** `couchbase@1.service` -> `couchbase@1`: how fleetctl's users and pages call it. Pure. */
export function shortUnit(unit: string): string {
  return unit.replace(/\.service$/, '');
}

/** Name of the container that a unit of the stack runs: `couchbase@1.service` runs `couchbase-1`, `worker.service` `worker`. Pure. */
export function containerName(unit: string): string {
  return shortUnit(unit).replace('@', '-');
}
