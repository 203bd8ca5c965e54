import type { FleetView } from '../registry/view.ts';

/** Machines that have gone so lately that they may not have stopped their units yet; none of them has said that it did. */
export interface FencedMachines {
  /** Ids, sorted, and in how many ms the first of them is no longer one; Infinity without any. */
  at(nowMs: number, view: FleetView): { readonly ids: readonly string[]; readonly nextMs: number };
}

/**
 * @param waitMs 0: nobody is waited for. Counted from when this engine first misses a machine, which is never before it has gone.
 */
export function fencedMachines(waitMs: number): FencedMachines {
  const missingSince = new Map<string, number>();
  return {
    at(nowMs, { units, machines, unreadableMachines, leftMachines }) {
      if (waitMs === 0) return { ids: [], nextMs: Infinity };
      const settled = new Set([...machines.map((m) => m.id), ...unreadableMachines, ...leftMachines]);
      const missing = new Set(
        units.flatMap(({ target }) => (target === undefined || settled.has(target) ? [] : [target])),
      );
      for (const id of missingSince.keys()) if (!missing.has(id)) missingSince.delete(id);
      for (const id of missing) if (!missingSince.has(id)) missingSince.set(id, nowMs);
      const left = [...missingSince].map(([id, since]) => [id, since + waitMs - nowMs] as const);
      const waiting = left.filter(([, ms]) => ms > 0);
      return { ids: waiting.map(([id]) => id).sort(), nextMs: Math.min(...waiting.map(([, ms]) => ms)) };
    },
  };
}
