import { desiredUnits } from '#platform/fleet/agent/desired.ts';
import { endings } from '#platform/fleet/agent/endings.ts';
import { taskHolds } from '#platform/fleet/agent/hold.ts';
import { agentPass, unitsHere, type Starts } from '#platform/fleet/agent/pass.ts';
import { startWaitsFor } from '#platform/fleet/agent/start-waits.ts';
import { mangleUnitName } from '#platform/fleet/unit/name.ts';
import { memorySystemd } from '#platform/systemd/memory-systemd.ts';
import type { Commands, Words } from '#test/support/transcript.ts';
import { registry } from './registry.ts';

/** The agent of one machine on a registry and a systemd of memory: what it does, and what it says about its units. */
export function agentWorld(): Commands {
  const { store, keys, view, machine, commands } = registry();
  const systemd = memorySystemd();
  let [own, nowMs] = ['', 0];
  let holds = taskHolds(() => nowMs);
  let ends = endings();
  const unit = (words: Words) => mangleUnitName(words.next('a unit'));
  const saying = (tell: (name: string) => void) => (words: Words) => {
    tell(unit(words));
    return '';
  };
  const pass = async () => {
    const lines: string[] = [];
    const log = (verb: string, fields: Readonly<Record<string, string | number | undefined>> = {}) => {
      const { unit: name, reason, failed } = fields;
      lines.push(`${verb} ${name}: ${reason}`, ...(failed === undefined ? [] : [`  failed: ${failed}`]));
    };
    const seen = await view();
    const desired = desiredUnits(seen, machine(own));
    const revisions = new Map<string, number>();
    for (const { name } of desired) {
      const said = await store.get(keys.job(name).desired);
      if (said !== undefined) revisions.set(name, said.modRevision);
    }
    const hands = { systemd, look: () => unitsHere(systemd, ends), holds, ends, log };
    const saidAt = (name: string) => revisions.get(name);
    const starts: Starts = {
      waitsFor: (name, running) => startWaitsFor(name, machine(own), seen, running),
      claim: async (units) => new Set(units.map((task) => task.unit)),
    };
    return {
      lines,
      states: await agentPass(hands, { machineId: machine(own).id, desired: () => desired, saidAt, starts }),
    };
  };

  return {
    ...commands,
    /** The agent of this machine begins; again after a crash, with nothing in its memory. */
    agent: (words) => {
      own = machine(words.next('a machine')).name;
      holds = taskHolds(() => nowMs);
      ends = endings();
      return '';
    },
    /** The engine has put a unit on a machine. */
    place: async (words) => {
      await store.put(keys.job(unit(words)).target, machine(words.next('a machine')).id);
      return '';
    },
    async pass() {
      const { lines } = await pass();
      return lines.length === 0 ? 'nothing to do' : lines.join('\n');
    },
    /** What the agent says about its units after a pass in which there was nothing to do. */
    async report() {
      const { lines, states } = await pass();
      if (lines.length > 0) throw new Error(`there was something to do: ${lines.join(', ')}`);
      return states.length === 0
        ? 'no units'
        : states
            .map((one) =>
              `${one.unit}: ${one.job}, systemd says ${one.load} ${one.active} ${one.sub}`.concat(
                one.message === undefined ? '' : `\n  ${one.message}`,
              ),
            )
            .join('\n');
    },
    'process fails': saying((name) => systemd.fail(name)),
    'process ends': saying((name) => systemd.finish(name)),
    later: (words) => {
      nowMs += Number(words.next('seconds')) * 1000;
      return '';
    },
  };
}
