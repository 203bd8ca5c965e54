import type { HistoryEvent } from '../history/event.ts';
import type { Checker } from './checker.ts';
import { mayNotStay, missingPeer, notBeside, wrongMachine } from './constraints.ts';
import type { TrueUnit, Truth } from './truth.ts';

/** With a quorum and room, and nothing in the way, all comes to run as it is wanted within a bound. */
export function convergence(): Checker {
  return {
    name: 'convergence',
    see(event, truth) {
      const when = momentOf(event);
      const why = when === undefined ? undefined : whatIsMissing(truth);
      return why === undefined ? undefined : `${when}: ${why}`;
    },
  };
}

/** When all has to be as it is wanted: the bound is over, or somebody has taken it for so. */
function momentOf(event: HistoryEvent): string | undefined {
  if (event.kind === 'overdue') return `${Math.round(event.boundMs / 1000)} s after calm`;
  return event.kind === 'rest' && event.isOn ? 'at rest' : undefined;
}

/**
 * How long after calm everything must be as it is wanted, ms: a machine boots (3 s), what was down registers when the lease of its
 * predecessor has run out, nobody is taken for dead within a TTL of an outage, an etcd that was silent is found out (`Freshness`), an
 * agent tries again what systemd has refused (up to 60 s, twice), and units stop and start (20 s).
 */
export function boundMs(ttlSeconds: number, recoveryMs: number): number {
  return 3_000 + 2 * ttlSeconds * 1000 + recoveryMs + 120_000 + 20_000;
}

/** What is not yet as it is wanted, the first thing that is found; undefined: nothing. */
export function whatIsMissing(truth: Truth): string | undefined {
  for (const machine of truth.facts.machines)
    if (!truth.isRegistered(machine)) return `fleetd of ${machine.name} is not registered`;
  if (!truth.keys.has(truth.facts.keys.leader)) return 'no engine leads';
  for (const unit of truth.units.values()) {
    const why = unit.requirements.global ? globalProblem(unit, truth) : unitProblem(unit, truth);
    if (why !== undefined) return `${unit.name}: ${why}`;
  }
  for (const [machine, runs] of truth.runs)
    for (const unit of runs.keys()) if (!truth.units.has(unit)) return `${unit} runs on ${machine}, and was destroyed`;
  return undefined;
}

function unitProblem(unit: TrueUnit, truth: Truth): string | undefined {
  const where = truth.whereRuns(unit.name);
  if (unit.desired === 'inactive') {
    if (unit.target !== undefined) return `it is scheduled to ${truth.nameOf(unit.target)}, and wanted inactive`;
    return where.length === 0 ? undefined : `it runs on ${where.join()}, and is wanted inactive`;
  }
  const target = unit.target;
  if (target === undefined) {
    if (where.length > 0) return `it runs on ${where.join()}, and is scheduled nowhere`;
    return couldBePlaced(unit, truth);
  }
  const bad = mayNotStay(unit, truth);
  if (bad?.isSure === true) return `it may not be on ${truth.nameOf(target)}: ${bad.why}`;
  const elsewhere = where.filter((machine) => machine !== truth.nameOf(target));
  if (elsewhere.length > 0) return `it runs on ${elsewhere.join()}, and is scheduled to ${truth.nameOf(target)}`;
  return runProblem(unit, truth.nameOf(target), truth);
}

/** Is there room for a unit that has none? Then the engine has left it out. */
function couldBePlaced(unit: TrueUnit, truth: Truth): string | undefined {
  if (unit.name.includes('@.')) return undefined;
  if (!truth.keys.has(truth.facts.keys.job(unit.name).blocked)) return 'it has no machine, and no reason is told';
  for (const machine of truth.machines()) {
    const isInTheWay = (other: TrueUnit): boolean => notBeside(unit, other) !== undefined;
    if (wrongMachine(unit, machine) !== undefined || missingPeer(unit, machine, truth) !== undefined) continue;
    if (truth.scheduledTo(machine.id).some(isInTheWay)) continue;
    // A global unit is in the way where it runs, and it runs unless something scheduled is in its way.
    if (truth.globals().some(isInTheWay)) continue;
    if (isInCircle(unit, truth)) continue;
    return `it has no machine, and ${machine.name} has room`;
  }
  return undefined;
}

/** MachineOf that leads back to itself: it can never be placed. */
function isInCircle(unit: TrueUnit, truth: Truth): boolean {
  const seen = new Set<string>();
  const queue = [...unit.requirements.machineOf];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === unit.name) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    queue.push(...(truth.units.get(name)?.requirements.machineOf ?? []));
  }
  return false;
}

function globalProblem(unit: TrueUnit, truth: Truth): string | undefined {
  for (const machine of truth.machines()) {
    const isHere = truth.runsOn(machine.name).has(unit.name);
    const mayBeHere = unit.desired === 'launched' && wrongMachine(unit, machine) === undefined;
    if (isHere && !mayBeHere) return `it runs on ${machine.name}, where it is not to run`;
    const others = [...truth.scheduledTo(machine.id), ...truth.globals()];
    if (!mayBeHere || others.some((other) => notBeside(unit, other) !== undefined)) continue;
    const why = runProblem(unit, machine.name, truth);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** What its machine's systemd has of it, against what is wanted. Units that end by themselves need only have been started. */
function runProblem(unit: TrueUnit, machine: string, truth: Truth): string | undefined {
  const run = truth.runsOn(machine).get(unit.name);
  if (run !== undefined && run.hash !== unit.hash) return `${machine} runs another text of it`;
  if (unit.desired === 'loaded') return run === undefined ? undefined : `it runs on ${machine}, and is wanted loaded`;
  if (run?.active === 'active') return undefined;
  const text = truth.keys.get(truth.facts.keys.job(unit.name).object) ?? '';
  const mayBeDown = text.includes('--runs=') || !text.includes('ExecStart=') || truth.hasFailed(machine, unit.name);
  return mayBeDown ? undefined : `it is ${run?.active ?? 'down'} on ${machine}`;
}
