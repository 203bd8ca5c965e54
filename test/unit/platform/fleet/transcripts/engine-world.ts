import { desiredUnits } from '#platform/fleet/agent/desired.ts';
import { decide } from '#platform/fleet/engine/decide.ts';
import type { Decision } from '#platform/fleet/parts/model.ts';
import type { UnitRecord } from '#platform/fleet/registry/records.ts';
import { snapshotOf, type FleetView } from '#platform/fleet/registry/view.ts';
import { writeDecisions } from '#platform/fleet/registry/write-decisions.ts';
import type { Commands } from '#test/support/transcript.ts';
import { registry } from './registry.ts';

/** The engine on a registry: what it decides, and what that makes of the schedule. */
export function engineWorld(): Commands {
  const { store, keys, view, machine, nameOf, commands } = registry();
  const pictures = new Map<string, { view: FleetView; decisions: readonly Decision[] }>();
  let leader = 'nobody';

  const write = (who: string, seen: FleetView, decisions: readonly Decision[]) => {
    const units = new Map(seen.units.map((unit) => [unit.name, unit]));
    const present = new Set([...seen.machines.map(({ id }) => id), ...seen.unreadableMachines]);
    return writeDecisions(store, keys, who, units, decisions, (id) => !present.has(id));
  };
  const lead = async (who: string) => {
    leader = who;
    await store.put(keys.leader, who);
    return '';
  };
  const told = (seen: FleetView, decisions: readonly Decision[]) =>
    decisions.length === 0
      ? 'nothing to decide'
      : decisions.map((one) => decisionText(one, (id) => nameOf(seen, id))).join('\n');

  return {
    ...commands,
    /** `pass`: the leader looks, decides and writes. `pass grace`: just after etcd was away, when who is missing may be only late. */
    async pass(words) {
      if (leader === 'nobody') await lead('the only engine');
      const grace = words.has('grace');
      const seen = await view();
      const decisions = decide(snapshotOf(seen, !grace));
      if (!(await write(leader, seen, decisions)))
        throw new Error('the guards refuse what was decided on a fresh picture');
      const again = decide(snapshotOf(await view(), !grace));
      if (again.length > 0) throw new Error(`asked again, the engine decides anew:\n${told(await view(), again)}`);
      return told(seen, decisions);
    },
    leader: (words) => lead(machine(words.next('a machine')).name),
    /** Looks and decides, but does not write yet. */
    async look(words) {
      const { name } = machine(words.next('a machine'));
      const seen = await view();
      const decisions = decide(snapshotOf(seen, true));
      pictures.set(name, { view: seen, decisions });
      return told(seen, decisions);
    },
    /** Writes what that machine has decided when it last looked. */
    async write(words) {
      const { name } = machine(words.next('a machine'));
      const picture = pictures.get(name);
      if (picture === undefined) throw new Error(`${name} has not looked`);
      const done = await write(name, picture.view, picture.decisions);
      return done ? 'written' : 'refused: nothing is written';
    },
    /** What each machine has to run, and which units wait. */
    async schedule() {
      const seen = await view();
      const rows = seen.machines.map((one) => `${one.name}: ${desiredUnits(seen, one).map(wanted).join(', ') || '-'}`);
      const ids = new Set(seen.machines.map(({ id }) => id));
      const lost = seen.units.filter(({ target }) => target !== undefined && !ids.has(target));
      const waiting = seen.units.filter(({ blocked }) => blocked !== undefined);
      return [
        ...rows,
        ...lost.map(({ name, target }) => `${nameOf(seen, target ?? '')}: ${name}`),
        ...waiting.map((unit) => `${unit.name} waits:\n${indented(unit.blocked ?? [])}`),
      ].join('\n');
    },
  };
}

function wanted({ name, wanted: state }: { name: string; wanted: UnitRecord['desired'] }): string {
  return state === 'launched' ? name : `${name} (${state})`;
}

function decisionText(decision: Decision, nameOf: (id: string) => string): string {
  const { kind, unit, reason } = decision;
  const lines = reason === '' ? [] : reason.split('; ');
  switch (kind) {
    case 'place':
      return `place ${unit} on ${nameOf(decision.to)}\n${indented(lines)}`;
    case 'move':
      return `move ${unit} from ${nameOf(decision.from)} to ${nameOf(decision.to)}\n${indented(lines)}`;
    case 'evict':
      return [
        `evict ${unit} from ${nameOf(decision.from)}\n${indented(lines)}`,
        ...(decision.blocked === undefined ? [] : [`and no machine takes it\n${indented(decision.blocked)}`]),
      ].join('\n');
    case 'block':
      return `no machine takes ${unit}\n${indented(decision.blocked)}`;
    case 'stay':
      return `${unit} stays\n${indented(lines)}`;
    case 'unblock':
      return `${unit} waits no more\n${indented(lines)}`;
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
