import type * as z from 'zod/mini';
import type { DesiredState } from '../parts/model.ts';
import type { UnitOptions } from '../unit/unit-file.ts';
import { requestsOf, type UnitChange, type UnitOperation } from './change-units.ts';
import { readAnswer, refused } from './read-answer.ts';
import type { Credentials } from './endpoint.ts';
import { failoverTransport } from './transport.ts';
import { type SeeUnit, watchUnits } from './watch-units.ts';
import {
  machinePage,
  statePage,
  unitPage,
  unitSchema,
  whySchema,
  type FleetMachine,
  type FleetUnit,
  type FleetUnitState,
  type WhyUnit,
} from './wire.ts';

export type { FleetMachine, FleetUnit, FleetUnitState, FleetUnitStatus } from './wire.ts';

/**
 * fleet's HTTP API v1 as functions. All throw LabError: `state.fleet-unreachable`, `permission.fleet`, `missing.unit`, `unit.refused`,
 * `internal.fleetd`, `input.reply`.
 */
export interface FleetClient {
  /** Sorted by machine id. */
  listMachines(): Promise<FleetMachine[]>;
  /** Sorted by name. */
  listUnits(): Promise<FleetUnit[]>;
  /** Sorted by unit name, then machine id. */
  listStates(filter?: { unitName?: string; machineID?: string }): Promise<FleetUnitState[]>;
  /** Undefined when there is no such unit. */
  getUnit(name: string): Promise<FleetUnit | undefined>;
  /** What was decided about a unit, the last first, what it waits for and who is in its way; undefined when there is no such unit. */
  why(name: string): Promise<WhyUnit | undefined>;
  /** Creates the unit, or replaces its content in place. Its desired state stays (a new one: `desired`, default inactive). */
  createUnit(name: string, options: UnitOptions, desired?: DesiredState): Promise<void>;
  /** Says what a unit is to be. Resolves when that is written, long before it is so. @throws LabError `missing.unit` */
  setDesiredState(name: string, desired: DesiredState): Promise<void>;
  /** Takes a unit out of the cluster; where it runs it is stopped later. @throws LabError `missing.unit` */
  destroyUnit(name: string): Promise<void>;
  /** Many units as one: all of them or, when one cannot be changed, none. A unit that is not there counts as destroyed. */
  changeUnits(changes: readonly UnitChange[]): Promise<void>;
  /** Asks the engine to move units, all of them or none; it may refuse to. Machines by id. */
  moveUnits(move: { units: readonly string[]; from: string; to: string }): Promise<void>;
  /** Follows units until `signal`: `see` is told of each at first, and whenever something about it changes. */
  watchUnits(names: readonly string[], see: SeeUnit, signal: AbortSignal): Promise<void>;
}

/** fleetd itself waits 5 s for an etcd without a quorum: its reason must have time to arrive, ms. */
export const answerDeadlineMs = 8_000;
/** As long as the original fleetctl waits for a machine's ssh, seconds. */
export const sshTimeoutS = 10;

/**
 * @param options.endpoints `http://host:port`, `https://host:port` or `unix:///path`, tried in turn
 * @param options.timeoutMs deadline of one request to one endpoint, default 8000
 * @param options.credentials for endpoints by TCP
 */
export function openFleetClient(options: {
  endpoints: readonly string[];
  timeoutMs?: number;
  credentials?: Credentials;
}): FleetClient {
  const { endpoints, timeoutMs = answerDeadlineMs, credentials } = options;
  const transport = failoverTransport(endpoints, timeoutMs, credentials);

  const pages = async <P extends { nextPageToken?: string | undefined }, T>(
    path: string,
    schema: z.ZodMiniType<P>,
    itemsOf: (page: P) => readonly T[],
    query: Record<string, string> = {},
  ): Promise<T[]> => {
    const all: T[] = [];
    let token: string | undefined;
    do {
      const parameters = new URLSearchParams({ ...query, ...(token !== undefined && { nextPageToken: token }) });
      const reply = await transport.send('GET', `/fleet/v1/${path}?${parameters.toString()}`);
      if (reply.status !== 200) throw refused('list', path, reply);
      const page = readAnswer(schema, reply.body);
      all.push(...itemsOf(page));
      token = page.nextPageToken === '' ? undefined : page.nextPageToken;
    } while (token !== undefined);
    return all;
  };
  const pathOf = (name: string): string => `/fleet/v1/units/${encodeURIComponent(name)}`;
  const write = async (verb: string, method: string, name: string, body?: unknown): Promise<void> => {
    const reply = await transport.send(method, pathOf(name), body);
    if (reply.status >= 300) throw refused(verb, name, reply);
  };

  return {
    listMachines: () => pages('machines', machinePage, (page) => page.machines),
    listUnits: () => pages('units', unitPage, (page) => page.units),
    listStates: (filter = {}) => pages('state', statePage, (page) => page.states, { ...filter }),
    async getUnit(name) {
      const reply = await transport.send('GET', pathOf(name));
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw refused('get', name, reply);
      return readAnswer(unitSchema, reply.body);
    },
    async why(name) {
      const reply = await transport.send('GET', `/fleet/v1/why/${encodeURIComponent(name)}`);
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw refused('explain', name, reply);
      return readAnswer(whySchema, reply.body);
    },
    createUnit: (name, unitOptions, desired) =>
      write('create', 'PUT', name, {
        name,
        options: unitOptions,
        ...(desired !== undefined && { desiredState: desired }),
      }),
    setDesiredState: (name, desired) => write('change', 'PUT', name, { name, desiredState: desired }),
    destroyUnit: (name) => write('destroy', 'DELETE', name),
    async changeUnits(changes) {
      for (const part of requestsOf(changes)) {
        const reply = await transport.send('PATCH', '/fleet/v1/units', part);
        if (reply.status !== 200)
          throw refused(part.some(({ options }) => options) ? 'create' : 'change', whatOf(part), reply);
      }
    },
    async moveUnits({ units, from, to }) {
      const reply = await transport.send('POST', '/fleet/v1/moves', { units, from, to });
      if (reply.status !== 202) throw refused('move', units.join(', '), reply);
    },
    watchUnits: (names, see, signal) => watchUnits(transport, names, see, signal),
  };
}

function whatOf(part: readonly UnitOperation[]): string {
  const [only] = part;
  return only !== undefined && part.length === 1 ? only.name : `${part.length} units`;
}
