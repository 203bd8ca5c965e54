import type { Daemon, HistoryEvent } from '../../history/event.ts';
import type { JournalEntry, Kill, Outage } from '../recording.ts';

/** Message ids of systemd's (systemd.journal-fields(7), `journalctl --list-catalog`). */
const said = {
  starting: '7d4958e842da4a758f6c1cdc7b36dcc5',
  started: '39f53479d3a045ac8e11786248231fbf',
  stopping: 'de5b426a63be47a7b6ac3eaac82e2f6f',
  stopped: '9d1aaa27d60140bd96365438aad20286',
  ended: '7ad2d189f7e94e70a38c781354912448',
  failed: 'd9b373ed55a64feb8242e02dbe79a49c',
  processEnded: '98e322203f7a4ed290d09fe03c09fe15',
} as const;

const daemons: ReadonlyMap<string, Exclude<Daemon, 'machine'>> = new Map([
  ['fleet.service', 'fleetd'],
  ['etcd.service', 'etcd'],
]);

/** What one machine's journal is read by. */
export interface StoryOf {
  readonly machine: string;
  readonly journal: readonly JournalEntry[];
  readonly outages: readonly Outage[];
  readonly kills: readonly Kill[];
  /** The hash of the text that a unit runs by, of the mark in its description; undefined: no unit of fleet's, or no mark. */
  hashOf(unit: string, mark: string | undefined): string | undefined;
  /** What could not be known is said here. */
  onGap(what: string): void;
}

/**
 * What happened on one machine, by its systemd's own word: units that turn, what systemd was told of them, daemons that come and go. systemd starts and
 * stops a unit of fleet's only because an agent says so (their files say neither Restart= nor WantedBy=), or because the machine shuts down. Pure.
 */
export function machineStory(of: StoryOf): HistoryEvent[] {
  const story = new Story(of);
  const outages = [...of.outages].sort((a, b) => a.from - b.from);
  let boot = of.journal[0]?.boot;
  for (const entry of of.journal) {
    while (outages[0] !== undefined && outages[0].downAt < entry.at) story.powerOff(outages.shift()?.downAt ?? 0);
    if (boot !== entry.boot) {
      boot = entry.boot;
      story.boot(entry.at);
    }
    story.hear(entry);
  }
  for (const { downAt } of outages) story.powerOff(downAt);
  return story.events;
}

class Story {
  readonly events: HistoryEvent[] = [];
  readonly #of: StoryOf;
  readonly #units = new Map<string, { active: string; hash: string }>();
  readonly #down = new Set<Daemon>();

  constructor(of: StoryOf) {
    this.#of = of;
  }

  hear(entry: JournalEntry): void {
    const daemon = daemons.get(entry.unit);
    if (daemon === 'fleetd' && !entry.isOfSystemd) return this.#add({ kind: 'log', at: entry.at, line: entry.message });
    if (!entry.isOfSystemd) return;
    if (daemon === undefined) this.#hearOfUnit(entry);
    else this.#hearOfDaemon(daemon, entry);
  }

  /** Nothing of it runs any more, whatever its journal came to say. */
  powerOff(at: number): void {
    for (const daemon of ['fleetd', 'etcd', 'machine'] as const) this.#turnDaemon(daemon, 'down', at);
    for (const unit of [...this.#units.keys()]) this.#turn(unit, 'inactive', at);
  }

  boot(at: number): void {
    if (!this.#down.has('machine')) {
      this.#of.onGap(`${this.#of.machine} has booted, and nobody had halted or cut it: when it went down is not known`);
      this.powerOff(at);
    }
    this.#turnDaemon('machine', 'up', at);
  }

  #hearOfUnit({ unit, messageId, message, at }: JournalEntry): void {
    const [, mark] = /#([\w-]+)/.exec(message) ?? [];
    const active = this.#units.get(unit)?.active;
    switch (messageId) {
      case said.starting:
      case said.started: {
        const hash = this.#of.hashOf(unit, mark);
        if (hash === undefined) return;
        if (active !== 'activating') {
          this.#command('start', unit, at);
          this.#turn(unit, 'activating', at, hash);
        }
        if (messageId === said.started) this.#turn(unit, 'active', at, hash);
        return;
      }
      case said.stopping:
        if (active === undefined) return;
        this.#command('stop', unit, at);
        return this.#turn(unit, 'deactivating', at);
      case said.ended:
      case said.stopped:
        return this.#turn(unit, 'inactive', at);
      case said.failed:
        return this.#turn(unit, 'failed', at);
    }
  }

  #hearOfDaemon(daemon: 'fleetd' | 'etcd', entry: JournalEntry): void {
    const { at, messageId } = entry;
    switch (messageId) {
      // fleetd has registered when it is started; etcd answers then.
      case said.starting:
        return daemon === 'fleetd' ? this.#turnDaemon(daemon, 'up', at) : undefined;
      case said.started:
        return this.#turnDaemon(daemon, 'up', at);
      case said.stopping:
        if (daemon === 'fleetd') this.#add({ kind: 'daemon', at, daemon, is: 'leaving' });
        else this.#turnDaemon(daemon, 'down', at);
        return;
      case said.processEnded:
        if (daemon === 'fleetd') this.#judgeEnd(entry);
        return this.#turnDaemon(daemon, 'down', at);
      case said.ended:
      case said.stopped:
      case said.failed:
        return this.#turnDaemon(daemon, 'down', at);
    }
  }

  /** A fleetd ends because it was told to, or because the recorder killed it. */
  #judgeEnd({ at, unit, exit }: JournalEntry): void {
    const { machine, kills } = this.#of;
    const { code = '', status = '' } = exit ?? {};
    const isOurs = kills.some(
      (kill) => kill.machine === machine && kill.unit === unit && at >= kill.from && at <= kill.until,
    );
    if ((code === 'killed' && isOurs) || (code === 'exited' && status === '0') || this.#isGoingDown(at)) return;
    this.#add({ kind: 'died', at, error: `its process ${code} with ${status}` });
  }

  #turn(unit: string, active: string, at: number, newHash?: string): void {
    const hash = newHash ?? this.#units.get(unit)?.hash;
    if (hash === undefined) return;
    if (active === 'inactive' || active === 'failed') this.#units.delete(unit);
    else this.#units.set(unit, { active, hash });
    this.#add({ kind: 'unit', at, unit, active, hash });
  }

  #command(verb: string, unit: string, at: number): void {
    if (!this.#isGoingDown(at)) this.#add({ kind: 'command', at, verb, units: [unit] });
  }

  #isGoingDown(at: number): boolean {
    return this.#of.outages.some(({ from, downAt }) => at >= from && at <= downAt);
  }

  #turnDaemon(daemon: Daemon, is: 'up' | 'down', at: number): void {
    if (this.#down.has(daemon) === (is === 'down')) return;
    if (is === 'down') this.#down.add(daemon);
    else this.#down.delete(daemon);
    this.#add({ kind: 'daemon', at, daemon, is });
  }

  #add(event: WithoutMachine): void {
    this.events.push({ ...event, machine: this.#of.machine });
  }
}

type OfMachine = Extract<HistoryEvent, { kind: 'unit' | 'command' | 'daemon' | 'log' | 'died' }>;
type WithoutMachine = OfMachine extends infer E ? (E extends unknown ? Omit<E, 'machine'> : never) : never;
