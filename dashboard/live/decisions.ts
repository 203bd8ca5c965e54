import type { FleetClient } from '#platform/fleet/client/fleet-client.ts';
import type { ClusterView } from '#scenarios/harness/record/cluster-view.ts';
import type { DecisionFacts, Unstamped } from '../moment/seen.ts';

type Past = NonNullable<Awaited<ReturnType<FleetClient['why']>>>['decisions'][number];

/** fleet's own words for what the engine does, in those of its journal, which recorded runs have. */
const kinds: Readonly<Record<Past['kind'], string>> = {
  place: 'schedule',
  move: 'reschedule',
  evict: 'unschedule',
  block: 'unschedulable',
  stay: 'stay',
};

/**
 * @returns asks fleet why (`fleetctl why`) about each unit whose place or reason has changed since it was last asked, and tells the
 * decisions that were not told yet. A unit that nobody answered for is asked about again.
 * @param names of machines by the short form of their ids (`c0028057...`): fleet has no other name for one that is gone
 */
export function lookAtDecisions(
  fleet: Pick<FleetClient, 'why'>,
  names: ReadonlyMap<string, string>,
  tell: (seen: Unstamped) => void,
): (view: Pick<ClusterView, 'units'>) => Promise<void> {
  const asked = new Map<string, string>();
  const newest = new Map<string, number>();
  return async ({ units }) => {
    const found: { readonly at: number; readonly data: DecisionFacts }[] = [];
    for (const { name, target, reason } of units) {
      const place = JSON.stringify([target, reason]);
      if (asked.get(name) === place) continue;
      const why = await fleet.why(name);
      asked.set(name, place);
      const since = newest.get(name) ?? 0;
      for (const one of why?.decisions ?? [])
        if (one.at > since) found.push({ at: one.at, data: factsOf(name, one, names) });
      newest.set(name, Math.max(since, ...(why?.decisions ?? []).map(({ at }) => at)));
    }
    for (const { data } of found.sort((a, b) => a.at - b.at)) tell({ type: 'decision', data });
  };
}

function factsOf(
  unit: string,
  { at, kind, from, to, reason, by }: Past,
  names: ReadonlyMap<string, string>,
): DecisionFacts {
  return {
    unit,
    kind: kinds[kind],
    reason,
    engine: by,
    decidedWallMs: at,
    ...(from === undefined ? {} : { from: names.get(from) ?? from }),
    ...(to === undefined ? {} : { to }),
  };
}
