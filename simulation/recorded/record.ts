import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as atTime } from 'node:timers/promises';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { fleetApi } from '#provision/cluster/parts/fleet-api.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import { seededRandom } from '#scenarios/chaos/seeded-random.ts';
import { createFaultKit } from '#scenarios/harness/faults/fault-kit.ts';
import { EventLog } from '#scenarios/harness/record/event-log.ts';
import { boundMs, whatIsMissing } from '../checkers/convergence.ts';
import { whatIsUntrue } from '../checkers/states-told.ts';
import { Truth } from '../checkers/truth.ts';
import type { HistoryEvent } from '../history/event.ts';
import { carryOut } from './act/carry-out.ts';
import { clearFleet } from './act/clear-fleet.ts';
import { Deeds } from './act/deeds.ts';
import { planFaults } from './act/fault-plan.ts';
import { FleetUser } from './act/fleet-user.ts';
import { Workload } from './act/workload.ts';
import { assemble, type Assembled } from './assemble/assemble.ts';
import type { RecordedHistory } from './history-file.ts';
import { CommitWatch } from './observe/commit-watch.ts';
import { etcdLeader, keysOf, lookAtStart, type Beginning } from './observe/look-at-start.ts';
import { readJournals } from './observe/read-journals.ts';

export interface RecordRequest {
  readonly lab: Lab;
  readonly seed: number;
  readonly faults: number;
  /** Of a fault that lasts, ms. */
  readonly longestMs: number;
  readonly signal: AbortSignal;
  /** One line for a person, as things happen. */
  readonly say: (line: string) => void;
}

/** How often it is looked whether all has come to rest, and for how long nothing must have been written by then, ms. */
const lookMs = 2_000;
const unwrittenMs = 5_000;
/** What the dead had sent has arrived by then, ms. */
const lateMs = 5_000;
/** Twice as long as anything that looks after a fleet from time to time lets go by, ms. */
const restMs = 22_000;

/**
 * Does faults and operations to a lab that runs and whose fleet has no unit, lets it come to rest, and returns what happened as an all-seeing observer would know
 * it. What was put into the fleet is taken out again.
 * @throws LabError `busy.fleet`, `interrupted.run`, `timeout.etcd`; what injecting and undoing throw
 */
export async function recordHistory(request: RecordRequest): Promise<RecordedHistory> {
  const { lab } = request;
  const beginning = await lookAtStart(lab.config.machines, lab.config.timers.fleetAgentTtlMs / 1000);
  const directory = await mkdtemp(join(tmpdir(), 'coreos-lab-recording-'));
  const recorder = new Recorder(request, beginning, directory);
  try {
    return await recorder.run();
  } catch (error) {
    if (!request.signal.aborted) throw error;
    const cause = 'the recording was interrupted';
    throw new LabError({ code: 'interrupted.run', cause, next: 'lab status', error });
  } finally {
    await recorder.close();
    await rm(directory, { recursive: true, force: true });
  }
}

class Recorder {
  readonly #request: RecordRequest;
  readonly #beginning: Beginning;
  readonly #beganAt = Date.now();
  readonly #watch: CommitWatch;
  readonly #deeds: Deeds;
  readonly #log: EventLog;
  readonly #names: readonly string[];

  constructor(request: RecordRequest, beginning: Beginning, directory: string) {
    this.#request = request;
    this.#beginning = beginning;
    this.#log = new EventLog(join(directory, 'events.ndjson'));
    const { machines } = request.lab.config;
    this.#names = machines.map(({ name }) => name);
    this.#deeds = new Deeds(this.#names, this.#beganAt);
    this.#log.subscribe((event) => {
      this.#deeds.hear(event);
      if (event.type === 'fault') this.#tell(event.data.name);
      if (event.type === 'fault-undone') this.#tell(`over: ${event.data.name}`);
    });
    this.#watch = new CommitWatch(
      machines.map(({ address }) => memberUrl(address)),
      () => this.#now(),
    );
  }

  async run(): Promise<RecordedHistory> {
    const { lab, seed } = this.#request;
    const { facts, start } = this.#beginning;
    await this.#watch.start(facts.keys.prefix, start.revision);
    await this.#act();
    await this.#comeToRest();
    const { events, gaps } = await this.#assembled();
    const { machines, ttlSeconds } = facts;
    return {
      seed,
      fence: lab.config.fleet.fence,
      prefix: facts.keys.prefix,
      ttlSeconds,
      machines,
      gaps: [...gaps, ...this.#watch.gaps, ...(await this.#untold(events))],
      events,
    };
  }

  /** What etcd has otherwise than it was told. */
  async #untold(events: readonly HistoryEvent[]): Promise<string[]> {
    const truth = new Truth(this.#beginning.facts);
    for (const event of events) truth.see(event);
    const { items } = await keysOf(this.#request.lab.config.machines);
    const isAsTold = items.length === truth.keys.size && items.every(({ key, value }) => truth.keys.get(key) === value);
    return isAsTold ? [] : ['etcd has keys otherwise than its members told: some writes were not seen'];
  }

  /** Takes out what is in the fleet: it had nothing in it before. */
  async close(): Promise<void> {
    await this.#watch.close();
    await clearFleet(this.#request.lab.config, this.#beginning.facts);
  }

  async #act(): Promise<void> {
    const { lab, seed, faults, longestMs, signal } = this.#request;
    const random = seededRandom(seed);
    const { facts } = this.#beginning;
    const idOf = (name: string): string => facts.machines.find((one) => one.name === name)?.id ?? name;
    const api = fleetApi(lab.config);
    let operations = 0;
    const ground = {
      urls: lab.config.machines.map(({ address }) => api.urlOf(address)),
      credentials: api.credentials(),
      random: seededRandom(seed ^ 0x5eed),
      idOf,
      nextId: () => ++operations,
      now: () => this.#now(),
      onDeed: (deed: HistoryEvent) => void this.#deeds.events.push(deed),
    };
    const provider = await lab.runningProvider();
    const fault = createFaultKit({ provider, lab, log: this.#log, resolve: async (name) => name, signal });
    const machines = this.#names;
    const plan = planFaults(faults, { machines: machines.length, longestMs }, random);
    const workload = new Workload({ machines: machines.length, idOf: (n) => idOf(machines[n - 1] ?? '') }, random);
    await carryOut(plan, {
      users: ['user-1', 'user-2'].map((name) => new FleetUser(name, ground)),
      workload,
      fault,
      machines,
      leader: async (of) => (of === 'engine' ? this.#engineLeader() : etcdLeader(lab.config.machines)),
      random: seededRandom(seed ^ 0xa5ced),
      signal,
    });
  }

  /** By the leadership key as it was told last: `<machine id> <lease id>`. */
  #engineLeader(): string | undefined {
    const { facts, start } = this.#beginning;
    const writes = this.#watch.commits().flatMap((commit) => commit.writes);
    const last = writes.findLast(({ key }) => key === facts.keys.leader);
    const value = last === undefined ? start.keys.get(facts.keys.leader) : last.after;
    return facts.machines.find(({ id }) => value?.startsWith(`${id} `))?.name;
  }

  async #comeToRest(): Promise<void> {
    const { signal } = this.#request;
    const { facts } = this.#beginning;
    const since = this.#now();
    this.#deeds.events.push({ kind: 'calm', at: since, isOn: true });
    this.#tell('calm: nothing is done any more');
    const bound = boundMs(facts.ttlSeconds, new Truth(facts).freshness.recoveryMs);
    let told = '';
    for (;;) {
      await atTime(lookMs, undefined, { signal });
      const missing = await this.#missing();
      if (missing === undefined && this.#now() - since >= Math.max(unwrittenMs, facts.ttlSeconds * 1000 + lateMs))
        break;
      if (missing !== undefined && missing !== told) this.#tell((told = missing));
      if (this.#now() - since <= bound) continue;
      this.#deeds.events.push({ kind: 'overdue', at: this.#now(), boundMs: bound });
      return;
    }
    this.#deeds.events.push({ kind: 'rest', at: this.#now(), isOn: true });
    this.#tell('rest: all is as it is wanted');
    // The time itself is what is judged: nothing may be written in it.
    await atTime(Math.max(restMs, facts.ttlSeconds * 1000), undefined, { signal });
    this.#deeds.events.push({ kind: 'rest', at: this.#now(), isOn: false });
  }

  async #missing(): Promise<string | undefined> {
    const { events } = await this.#assembled();
    const truth = new Truth(this.#beginning.facts);
    for (const event of events) truth.see(event);
    if (this.#now() - truth.lastCommitAt < unwrittenMs) return 'etcd is written to';
    return whatIsMissing(truth) ?? whatIsUntrue(truth);
  }

  async #assembled(): Promise<Assembled> {
    const journals = await readJournals(this.#request.lab.provider(), this.#names, this.#beganAt);
    const { facts, start } = this.#beginning;
    const { events: deeds, outages, kills } = this.#deeds;
    return assemble({
      facts,
      beganAt: this.#beganAt,
      start,
      commits: this.#watch.commits(),
      journals,
      deeds,
      outages,
      kills,
    });
  }

  #tell(what: string): void {
    this.#request.say(`${(this.#now() / 1000).toFixed(1).padStart(7)} s  ${what}`);
  }

  /** ms since the recording began, by the wall clock, which the machines share. */
  #now(): number {
    return Date.now() - this.#beganAt;
  }
}
