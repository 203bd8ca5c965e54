import { setTimeout as atTime } from 'node:timers/promises';
import { LabError } from '#errors/lab-error.ts';
import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import { seconds } from '#errors/seconds.ts';
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
 * @param passes lets time pass, by the clock that `context.now` reads
 * @throws what the run's signal was aborted with
 */
export async function runPlan(
  plan: readonly PlannedFault[],
  endMs: number,
  context: Context,
  passes: Passes = (ms, signal) => atTime(ms, undefined, { signal }),
): Promise<Carried> {
  return new PlanRun(plan, endMs, context, passes).toItsEnd();
}

/** Resolves so many ms later; rejects when the signal is aborted before. */
type Passes = (ms: number, signal: AbortSignal) => Promise<void>;

class PlanRun {
  readonly #plan: readonly PlannedFault[];
  readonly #endMs: number;
  readonly #context: Context;
  readonly #atTime: Passes;
  readonly #beganMs: number;
  /** Machines that were taken away and are not back since, with the lane of that fault. */
  readonly #away = new Map<string, number>();
  // What ends one of them ends all: nothing may be injected any more while the run undoes its faults.
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;

  constructor(plan: readonly PlannedFault[], endMs: number, context: Context, passes: Passes) {
    this.#plan = plan;
    this.#endMs = endMs;
    this.#context = context;
    this.#atTime = passes;
    this.#beganMs = context.now();
    this.#signal = AbortSignal.any([context.signal, this.#ended.signal]);
  }

  async toItsEnd(): Promise<Carried> {
    const heavy = this.#plan.filter(isHeavy);
    const lanes = [...new Set(heavy.map(({ lane }) => lane))];
    const outcomes = await Promise.all([
      ...lanes.map((lane) =>
        this.#runLane(
          lane,
          heavy.filter((fault) => fault.lane === lane),
        ),
      ),
      ...this.#plan.filter((fault) => !isHeavy(fault)).map((fault) => this.#runLight(fault)),
    ]).catch((error: unknown) => {
      this.#ended.abort(error);
      throw error;
    });
    const leftOut = outcomes.flat().filter((outcome) => outcome !== 'injected');
    await this.#timeIs(this.#endMs);
    return { injected: outcomes.flat().length - leftOut.length, leftOut };
  }

  async #runLane(lane: number, faults: readonly PlannedFault[]): Promise<string[]> {
    const outcomes: string[] = [];
    for (const fault of faults) {
      await this.#timeIs(fault.atMs);
      const lateMs = this.#planMs() - fault.atMs;
      if (overMs(fault) + lateMs > this.#endMs) {
        outcomes.push(this.#leftOut(fault, 'it would end after the plan'));
        continue;
      }
      if (lateMs > punctualMs)
        this.#context.note(`${describeFault(fault)}: ${seconds(lateMs)} late, the machine before it was not back`);
      outcomes.push(await this.#runOne(fault));
      await this.#back(lane, this.#endMs - this.#planMs());
    }
    return outcomes;
  }

  async #runLight(fault: PlannedFault): Promise<string> {
    const { lab, fault: faults } = this.#context;
    await this.#timeIs(fault.atMs);
    const machine = await lab.machine(fault.target).catch((error: unknown) => lost(error));
    if (typeof machine === 'string') return this.#leftOut(fault, machine);
    const target = fault.target === 'any other' && this.#away.has(machine.name) ? this.#anyPresent() : machine.name;
    if (target === undefined) return this.#leftOut(fault, 'every machine is under a fault');
    const harmed = faults.active.find((active) => active.machine === target && takesAway(active));
    if (harmed !== undefined) return this.#leftOut(fault, `its machine is under another fault: ${harmed.name}`);
    if (this.#away.has(target)) return this.#leftOut(fault, `${target} is not back yet`);
    return this.#runOne({ ...fault, target });
  }

  #anyPresent(): string | undefined {
    const faulted = this.#context.fault.active.map(({ machine }) => machine);
    return this.#context.lab.machines.find(({ name }) => !this.#away.has(name) && !faulted.includes(name))?.name;
  }

  /** A machine that was taken away stays away until `#back` says otherwise. */
  async #runOne(fault: PlannedFault): Promise<string> {
    try {
      const { machine } = await this.#context.fault.inject(fault.target, fault.action);
      if (takesAway(fault)) this.#away.set(machine, fault.lane);
    } catch (error) {
      await this.#undo(fault);
      return this.#leftOut(fault, lost(error));
    }
    await this.#passes(fault.durationMs);
    await this.#undo(fault);
    return 'injected';
  }

  /** One whose injection failed half-way is in force too, as far as anybody knows. */
  async #undo(fault: PlannedFault): Promise<void> {
    const context = this.#context;
    const active = context.fault.active.find(({ asked }) => asked === fault.action);
    await active?.undo().catch((error: unknown) => context.note(`${active.name} could not be undone: ${lost(error)}`));
  }

  /** Every machine answers in etcd and in fleet again, or the plan's time is over. */
  async #back(lane: number, withinMs: number): Promise<void> {
    if (withinMs <= 0) return;
    try {
      await this.#context.until(allBack(this.#context), { within: withinMs });
      for (const [machine, own] of this.#away) if (own === lane) this.#away.delete(machine);
    } catch (error) {
      this.#context.note(`not every machine is back by the plan's end: ${lost(error)}`);
    }
  }

  #leftOut(fault: PlannedFault, why: string): string {
    // What else runs is of no use here.
    const said = `left out: ${describeFault(fault)}, because ${why.replace(/: units that run: .*$/, '')}`;
    this.#context.note(said);
    return said;
  }

  /** ms since the plan began. */
  #planMs(): number {
    return this.#context.now() - this.#beganMs;
  }

  async #timeIs(planMs: number): Promise<void> {
    await this.#passes(planMs - this.#planMs());
  }

  /** Planned times are the plan itself, not a wait for something. */
  async #passes(ms: number): Promise<void> {
    if (ms > 0) await this.#atTime(ms, this.#signal);
    this.#signal.throwIfAborted();
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
