import { readUnit } from '#platform/fleet/registry/records.ts';
import type { HistoryEvent } from '../../history/event.ts';
import type { Recording } from '../recording.ts';
import type { Runs } from './authors.ts';
import { commitEvents } from './commits.ts';
import { etcdLeaders } from './etcd-leaders.ts';
import { machineStory } from './machine-story.ts';

export interface Assembled {
  readonly events: readonly HistoryEvent[];
  /** What could not be known, in words. */
  readonly gaps: readonly string[];
}

/** One history, as somebody would know it who sees everything, out of what each source has of it. Pure. */
export function assemble(recording: Recording): Assembled {
  const { facts, start, journals, deeds, outages, kills } = recording;
  const hashes = markedTexts(recording);
  const gaps: string[] = [];
  const stories = facts.machines.map(({ name }) => ({
    name,
    story: machineStory({
      machine: name,
      journal: journals.get(name) ?? [],
      outages: outages.filter(({ machine }) => machine === name),
      kills,
      hashOf: (unit, mark) => hashes.get(`${unit} ${mark}`),
      onGap: (what) => gaps.push(what),
    }),
  }));
  const begun = facts.machines.flatMap(({ name }) =>
    (['etcd', 'fleetd'] as const).map(
      (daemon) => ({ kind: 'daemon', at: 0, machine: name, daemon, is: 'up' }) as const,
    ),
  );
  const daemons = [...begun, ...stories.flatMap(({ story }) => story)].filter((event) => event.kind === 'daemon');
  const runs: Runs = new Map(
    facts.machines.map(({ name }) => [name, daemons.filter((one) => one.machine === name && one.daemon === 'fleetd')]),
  );
  const events: HistoryEvent[] = [
    ...begun,
    ...etcdLeaders(start.etcdLeader, journals),
    ...commitEvents(recording, runs),
    ...stories.flatMap(({ story }) => story),
    ...deeds,
  ];
  // What is of one moment stays in this order: a cause before what it does.
  return { events: events.sort((a, b) => a.at - b.at), gaps };
}

/** Unit and the mark in its description -> the hash of the text, of every text that etcd has had. */
function markedTexts({ facts: { keys }, commits }: Recording): ReadonlyMap<string, string> {
  const texts = commits.flatMap(({ writes }) =>
    writes.flatMap(({ key, after }): [string, string][] => {
      const unit = keys.unitOf(key);
      if (unit === undefined || after === undefined || key !== keys.job(unit).object) return [];
      const read = readUnit(unit, after, () => {});
      const mark = read && /^Description=.*#([\w-]+)/m.exec(read.text)?.[1];
      return read === undefined || mark === undefined ? [] : [[`${unit} ${mark}`, read.hash]];
    }),
  );
  return new Map(texts);
}
