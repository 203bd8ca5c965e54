import { describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import type { PlannedFault } from '#scenarios/chaos/plan.ts';
import { runPlan } from '#scenarios/chaos/run-plan.ts';
import type { ActiveFault, FaultAction } from '#scenarios/harness/record/fault-record.ts';

const planned = (
  atMs: number,
  target: string,
  action: FaultAction,
  more: Partial<PlannedFault> = {},
): PlannedFault => ({
  atMs,
  durationMs: 10,
  recoveryMs: 10,
  lane: 0,
  target,
  action,
  weight: action.kind === 'kill-container' ? 'light' : 'heavy',
  ...more,
});
const killWeb: FaultAction = { kind: 'kill-container', container: 'web-1' };

/** Time that passes when everything waits for it: a plan of hundredths of a second is kept to the letter on any host. */
function ownTime() {
  let nowMs = 0;
  const waiting: { atMs: number; go: () => void }[] = [];
  const goOn = () => {
    const [first] = waiting.toSorted((a, b) => a.atMs - b.atMs);
    if (first === undefined) return;
    waiting.splice(waiting.indexOf(first), 1);
    nowMs = first.atMs;
    first.go();
  };
  return {
    now: () => nowMs,
    passes: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        waiting.push({ atMs: nowMs + ms, go: resolve });
        setImmediate(goOn);
      }),
  };
}

/** A lab at the scenario's seam that only remembers what was done to it; `backAfter` looks it says the machines are back. */
function labOf(options: { backAfter?: number; refuse?: string } = {}) {
  const done: string[] = [];
  const notes: string[] = [];
  const active: ActiveFault[] = [];
  const stop = new AbortController();
  const time = ownTime();
  let looks = 0;
  const context = {
    lab: {
      machines: [{ name: 'core-01' }, { name: 'core-02' }],
      machine: async (name: string) => {
        if (name.startsWith('machine running'))
          throw new LabError({ code: 'missing.target', cause: 'web@9 runs nowhere', next: '-' });
        return { name };
      },
      fleet: { view: { machines: ['core-01', 'core-02'] } },
      etcd: {
        healthy: () => ({
          name: 'healthy',
          missing: async () => (looks++ < (options.backAfter ?? 0) ? 'no' : undefined),
        }),
      },
    },
    fault: {
      active,
      inject: async (machine: string, action: FaultAction): Promise<ActiveFault> => {
        if (action.kind === options.refuse) throw new LabError({ code: 'command.exec', cause: 'refused', next: '-' });
        const name = `${action.kind} ${machine}`;
        done.push(name);
        const undo = async () => {
          done.push(`undo ${name}`);
          active.splice(active.indexOf(fault), 1);
        };
        // As the real kit does: roles become names, so the fault's action is another value than the one asked for.
        const fault = { id: name, machine, asked: action, action: { ...action }, name, fromMs: 0, doneMs: 0, undo };
        active.push(fault);
        return fault;
      },
    },
    until: async (condition: { missing(): Promise<string | undefined> }, { within }: { within: number }) => {
      const deadline = time.now() + within;
      while ((await condition.missing()) !== undefined) {
        if (time.now() > deadline) throw new LabError({ code: 'timeout.condition', cause: 'not back', next: '-' });
        await time.passes(5, stop.signal);
      }
    },
    note: (text: string) => void notes.push(text),
    now: time.now,
    signal: stop.signal,
  };
  return { done, notes, stop, context: context as unknown as Parameters<typeof runPlan>[2], passes: time.passes };
}

describe('carrying out a plan', () => {
  it('undoes a partition whose peers were named by role', async () => {
    const { context, done, passes } = labOf();
    await runPlan([planned(0, 'core-01', { kind: 'partition', from: ['any other'] })], 200, context, passes);
    expect(done).toEqual(['partition core-01', 'undo partition core-01']);
  });

  it('does each fault and undoes it before the next heavy one', async () => {
    const { done, context, passes } = labOf();
    const plan = [planned(0, 'core-01', { kind: 'cut' }), planned(5, 'core-02', { kind: 'halt' })];
    expect(await runPlan(plan, 600, context, passes)).toEqual({ injected: 2, leftOut: [] });
    expect(done).toEqual(['cut core-01', 'undo cut core-01', 'halt core-02', 'undo halt core-02']);
  });

  it('keeps the next heavy fault back until every machine is back', async () => {
    const { done, context, passes } = labOf({ backAfter: 10 });
    const doneWhenBack: number[] = [];
    const healthy = context.lab.etcd.healthy();
    const missing = async () => {
      const answer = await healthy.missing();
      if (answer === undefined && doneWhenBack.length === 0) doneWhenBack.push(done.length);
      return answer;
    };
    const etcd = { ...context.lab.etcd, healthy: () => ({ name: 'healthy', missing }) };
    const plan = [planned(0, 'core-01', { kind: 'cut' }), planned(5, 'core-02', { kind: 'halt' })];
    await runPlan(plan, 600, { ...context, lab: { ...context.lab, etcd } }, passes);
    expect(doneWhenBack).toEqual([2]);
    expect(done).toHaveLength(4);
  });

  it('leaves out what would end after the plan, when the machines do not come back', async () => {
    const { done, notes, context, passes } = labOf({ backAfter: Infinity });
    const plan = [planned(0, 'core-01', { kind: 'cut' }), planned(100, 'core-02', { kind: 'halt' })];
    const { injected, leftOut } = await runPlan(plan, 150, context, passes);
    expect(injected).toBe(1);
    expect(leftOut).toEqual(['left out: halt core-02 for 0.01 s, because it would end after the plan']);
    expect(done).not.toContain('halt core-02');
    expect(notes.join('\n')).toContain('not every machine is back');
  });

  it('leaves out a light fault on a machine that is away, and one whose unit runs nowhere', async () => {
    const { done, context, passes } = labOf();
    const plan = [
      planned(0, 'core-01', { kind: 'pause' }, { durationMs: 100 }),
      planned(20, 'core-01', killWeb),
      planned(20, 'core-02', killWeb),
      planned(20, 'machine running web@9', killWeb),
    ];
    const { injected, leftOut } = await runPlan(plan, 300, context, passes);
    expect(injected).toBe(2);
    expect(leftOut.map((text) => text.replace(/^.*because /, ''))).toEqual([
      'its machine is under another fault: pause core-01',
      'web@9 runs nowhere',
    ]);
    expect(done).toContain('kill-container core-02');
  });

  it('takes a machine that is there for "any other", not one that is still coming back', async () => {
    const { done, context, passes } = labOf({ backAfter: 20 });
    const lab = { ...context.lab, machine: async () => ({ name: 'core-01' }) as never };
    const plan = [planned(0, 'core-01', { kind: 'cut' }), planned(40, 'any other', killWeb)];
    const { leftOut } = await runPlan(plan, 600, { ...context, lab }, passes);
    expect(leftOut).toEqual([]);
    expect(done).toContain('kill-container core-02');
  });

  it('goes on after a fault that the lab refuses, and says so', async () => {
    const { done, context, passes } = labOf({ refuse: 'cut' });
    const plan = [planned(0, 'core-01', { kind: 'cut' }), planned(5, 'core-02', { kind: 'halt' })];
    expect((await runPlan(plan, 200, context, passes)).leftOut).toHaveLength(1);
    expect(done[0]).toBe('halt core-02');
  });

  it('ends at once when the run is aborted', async () => {
    const { done, stop, context, passes } = labOf();
    const running = runPlan([planned(30_000, 'core-01', { kind: 'cut' })], 60_000, context, passes);
    stop.abort(new Error('Ctrl-C'));
    await expect(running).rejects.toThrow();
    expect(done).toEqual([]);
  });
});
