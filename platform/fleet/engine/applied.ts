import type { Decision, EngineUnit, Snapshot } from '../parts/model.ts';

/** The snapshot as it is once these decisions are written. A reason that was given for a unit goes when it gets a machine. */
export function applied(snapshot: Snapshot, decisions: readonly Decision[]): Snapshot {
  const byUnit = new Map(decisions.map((d) => [d.unit, d]));
  const units = snapshot.units.map((u): EngineUnit => {
    const d = byUnit.get(u.name);
    if (d === undefined) return u;
    const { moveTo: _m, ...asIs } = u;
    if (d.kind === 'stay') return asIs;
    const { target, blocked: _b, ...rest } = d.kind === 'move' ? asIs : u;
    if (d.kind === 'place' || d.kind === 'move') return { ...rest, target: d.to };
    if (d.kind === 'unblock') return target === undefined ? rest : { ...rest, target };
    return d.blocked === undefined ? rest : { ...rest, blocked: d.blocked };
  });
  return { ...snapshot, units };
}

/**
 * What leads from one snapshot to another one of the same units, as one decision for each that has changed.
 * @param reasons of those that may have changed; the decisions are in their order
 */
export function changesBetween(from: Snapshot, to: Snapshot, reasons: ReadonlyMap<string, string>): Decision[] {
  const before = new Map(from.units.map((u) => [u.name, u]));
  const after = new Map(to.units.map((u) => [u.name, u]));
  return [...reasons].flatMap(([name, reason]) => changeOf(before.get(name), after.get(name), reason) ?? []);
}

function changeOf(before: EngineUnit | undefined, now: EngineUnit | undefined, reason: string): Decision | undefined {
  if (before === undefined || now === undefined) return undefined;
  const unit = before.name;
  const blocked = now.blocked !== undefined && now.blocked !== before.blocked ? now.blocked : undefined;
  if (before.target !== now.target) {
    if (before.target === undefined) return { kind: 'place', unit, to: now.target ?? '', reason };
    if (now.target !== undefined) return { kind: 'move', unit, from: before.target, to: now.target, reason };
    return { kind: 'evict', unit, from: before.target, reason, ...(blocked !== undefined && { blocked }) };
  }
  if (blocked !== undefined) return { kind: 'block', unit, reason, blocked };
  return before.blocked !== undefined && now.blocked === undefined ? { kind: 'unblock', unit, reason } : undefined;
}
