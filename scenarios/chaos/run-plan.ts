import { setTimeout as atTime } from 'node:timers/promises';
import { LabError } from '../../errors/lab-error.ts';
import type { Condition } from '../../provision/cluster/conditions.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import { seconds } from '../harness/record/seconds.ts';
import type { ScenarioContext } from '../scenario.ts';
import { describeFault } from './describe.ts';
import { overMs, type PlannedFault } from './plan.ts';

/** Faults that begin later than this after their time are noted as late, ms. */
const punctualMs = 1_500;

export interface Carried {
  readonly injected: number;
  /** One sentence for each fault that was left out. */
  readonly leftOut: readonly string[];
}

type Context = Pick<ScenarioContext, 'lab' | 'fault' | 'until' | 'note' | 'now' | 'signal'>;

/**
 * Carries out a plan: each fault at its time, undone at its time. A heavy fault waits until the machine of the one before
 * it (in its lane) is back, so that the quorum's budget holds even when the lab is slower than planned; what would then
 * end after the plan's end is left out, and so is a light fault whose machine is under a heavy one.
 * @param endMs length of the plan, ms
 * @throws what the run's signal was aborted with
 */
export async function runPlan(plan: readonly PlannedFault[], endMs: number, context: Context): Promise<Carried> {
  const beganMs = context.now();
  /** Machines that were taken away and are not back since, with the lane of that fault. */
  const away = new Map<string, number>();
  const lanes = [...new Set(plan.filter(isHeavy).map(({ lane }) => lane))];
  // What ends one of them ends all: nothing may be injected any more while the run undoes its faults.
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const outcomes = await Promise.all([
    ...lanes.map((lane) =>
      runLane(
        lane,
        plan.filter((fault) => isHeavy(fault) && fault.lane === lane),
      ),
    ),
    ...plan.filter((fault) => !isHeavy(fault)).map(runLight),
  ]).catch((error: unknown) => {
    ended.abort(error);
    throw error;
  });
  const leftOut = outcomes.flat().filter((outcome) => outcome !== 'injected');
  await timeIs(endMs);
  return { injected: outcomes.flat().length - leftOut.length, leftOut };

  async function runLane(lane: number, faults: readonly PlannedFault[]): Promise<string[]> {
    const outcomes: string[] = [];
    for (const fault of faults) {
      await timeIs(fault.atMs);
      const lateMs = context.now() - beganMs - fault.atMs;
      if (overMs(fault) + lateMs > endMs) {
        outcomes.push(left(fault, 'it would end after the plan'));
        continue;
      }
      if (lateMs > punctualMs)
        context.note(`${describeFault(fault)}: ${seconds(lateMs)} late, the machine before it was not back`);
      outcomes.push(await runOne(fault));
      await back(lane, endMs - (context.now() - beganMs));
    }
    return outcomes;
  }

  async function runLight(fault: PlannedFault): Promise<string> {
    await timeIs(fault.atMs);
    const machine = await context.lab.machine(fault.target).catch((error: unknown) => lost(error));
    if (typeof machine === 'string') return left(fault, machine);
    const target = fault.target === 'any other' && away.has(machine.name) ? anyPresent() : machine.name;
    if (target === undefined) return left(fault, 'every machine is under a fault');
    const harmed = context.fault.active.find((active) => active.machine === target && takesAway(active));
    if (harmed !== undefined) return left(fault, `its machine is under another fault: ${harmed.name}`);
    if (away.has(target)) return left(fault, `${target} is not back yet`);
    return runOne({ ...fault, target });
  }

  function anyPresent(): string | undefined {
    const faulted = context.fault.active.map(({ machine }) => machine);
    return context.lab.machines.find(({ name }) => !away.has(name) && !faulted.includes(name))?.name;
  }

  /** A machine that was taken away stays away until `back` says otherwise. */
  async function runOne(fault: PlannedFault): Promise<string> {
    try {
      const { machine } = await context.fault.inject(fault.target, fault.action);
      if (takesAway(fault)) away.set(machine, fault.lane);
    } catch (error) {
      await undo(fault);
      return left(fault, lost(error));
    }
    await passes(fault.durationMs);
    await undo(fault);
    return 'injected';
  }

  /** One whose injection failed half-way is in force too, as far as anybody knows. */
  async function undo(fault: PlannedFault): Promise<void> {
    const active = context.fault.active.find(({ asked }) => asked === fault.action);
    await active?.undo().catch((error: unknown) => context.note(`${active.name} could not be undone: ${lost(error)}`));
  }

  /** Every machine answers in etcd and in fleet again, or the plan's time is over. */
  async function back(lane: number, withinMs: number): Promise<void> {
    if (withinMs <= 0) return;
    try {
      await context.until(allBack(context), { within: withinMs });
      for (const [machine, own] of away) if (own === lane) away.delete(machine);
    } catch (error) {
      context.note(`not every machine is back by the plan's end: ${lost(error)}`);
    }
  }

  function left(fault: PlannedFault, why: string): string {
    // What else runs is of no use here.
    const said = `left out: ${describeFault(fault)}, because ${why.replace(/: units that run: .*$/, '')}`;
    context.note(said);
    return said;
  }

  async function timeIs(planMs: number): Promise<void> {
    await passes(beganMs + planMs - context.now());
  }

  /** Planned times are the plan itself, not a wait for something. */
  async function passes(ms: number): Promise<void> {
    if (ms > 0) await atTime(ms, undefined, { signal });
    signal.throwIfAborted();
  }
}

function allBack({ lab }: Context): Condition {
  const etcd = lab.etcd.healthy();
  return {
    name: 'the machine is back in etcd and fleet',
    missing: async () => {
      const absent = lab.machines.map(({ name }) => name).filter((name) => !lab.fleet.view.machines.includes(name));
      return absent.length > 0 ? `fleet does not list ${absent.join(', ')}` : etcd.missing();
    },
  };
}

/** Why a fault could not be done: its target is not there now, or the machine went meanwhile. A bug or Ctrl-C goes on up. */
function lost(error: unknown): string {
  if (error instanceof LabError && !error.code.startsWith('internal.')) return error.message;
  throw error;
}

function isHeavy({ weight }: PlannedFault): boolean {
  return weight === 'heavy';
}

/** Nothing can be done to a machine that stands still or is off. */
function takesAway({ action: { kind } }: Pick<ActiveFault, 'action'>): boolean {
  return ['halt', 'cut', 'reboot', 'pause'].includes(kind);
}
