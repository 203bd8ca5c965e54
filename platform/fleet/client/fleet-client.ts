import type { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import type { DesiredState } from '../engine/model.ts';
import type { UnitOptions } from '../unit/unit-file.ts';
import { failoverTransport, messageOf } from './transport.ts';
import {
  machinePage,
  statePage,
  unitPage,
  unitSchema,
  type FleetMachine,
  type FleetUnit,
  type FleetUnitState,
} from './wire.ts';

export type { FleetMachine, FleetUnit, FleetUnitState } from './wire.ts';

/** fleet's HTTP API v1 as functions. All throw LabError: `state.fleet-unreachable`, `missing.unit`, `unit.refused`, `input.reply`. */
export interface FleetClient {
  /** Sorted by machine id. */
  listMachines(): Promise<FleetMachine[]>;
  /** Sorted by name. */
  listUnits(): Promise<FleetUnit[]>;
  /** Sorted by unit name, then machine id. */
  listStates(filter?: { unitName?: string; machineID?: string }): Promise<FleetUnitState[]>;
  /** Undefined when there is no such unit. */
  getUnit(name: string): Promise<FleetUnit | undefined>;
  /** Creates the unit, or replaces its content in place. Its desired state stays (a new one: `desired`, default inactive). */
  createUnit(name: string, options: UnitOptions, desired?: DesiredState): Promise<void>;
  setDesiredState(name: string, desired: DesiredState): Promise<void>;
  destroyUnit(name: string): Promise<void>;
}

/** fleetd itself waits 5 s for an etcd without a quorum: its reason must have time to arrive, ms. */
export const answerDeadlineMs = 8_000;
/** As long as the original fleetctl waits for a machine's ssh, seconds. */
export const sshTimeoutS = 10;

/**
 * @param options.endpoints `http://host:port` or `unix:///path`, tried in turn
 * @param options.timeoutMs deadline of one request to one endpoint, default 8000
 */
export function openFleetClient(options: { endpoints: readonly string[]; timeoutMs?: number }): FleetClient {
  const send = failoverTransport(options.endpoints, options.timeoutMs ?? answerDeadlineMs);

  const pages = async <P extends { nextPageToken?: string | undefined }, T>(
    path: string,
    schema: z.ZodType<P>,
    itemsOf: (page: P) => readonly T[],
    query: Record<string, string> = {},
  ): Promise<T[]> => {
    const all: T[] = [];
    let token: string | undefined;
    do {
      const parameters = new URLSearchParams({ ...query, ...(token !== undefined && { nextPageToken: token }) });
      const reply = await send('GET', `/fleet/v1/${path}?${parameters.toString()}`);
      if (reply.status !== 200) throw refused('list', path, reply);
      const page = read(schema, reply.body);
      all.push(...itemsOf(page));
      token = page.nextPageToken === '' ? undefined : page.nextPageToken;
    } while (token !== undefined);
    return all;
  };
  const pathOf = (name: string): string => `/fleet/v1/units/${encodeURIComponent(name)}`;
  const write = async (verb: string, method: string, name: string, body?: unknown): Promise<void> => {
    const reply = await send(method, pathOf(name), body);
    if (reply.status >= 300) throw refused(verb, name, reply);
  };

  return {
    listMachines: () => pages('machines', machinePage, (page) => page.machines),
    listUnits: () => pages('units', unitPage, (page) => page.units),
    listStates: (filter = {}) => pages('state', statePage, (page) => page.states, { ...filter }),
    async getUnit(name) {
      const reply = await send('GET', pathOf(name));
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw refused('get', name, reply);
      return read(unitSchema, reply.body);
    },
    createUnit: (name, unitOptions, desired) =>
      write('create', 'PUT', name, {
        name,
        options: unitOptions,
        ...(desired !== undefined && { desiredState: desired }),
      }),
    setDesiredState: (name, desired) => write('change', 'PUT', name, { name, desiredState: desired }),
    destroyUnit: (name) => write('destroy', 'DELETE', name),
  };
}

function read<T>(schema: z.ZodType<T>, body: string): T {
  try {
    return schema.parse(JSON.parse(body));
  } catch (error) {
    throw new LabError({
      code: 'input.reply',
      cause: 'the fleet endpoint sent an answer that is not of its API',
      evidence: [body.slice(0, 200)],
      next: 'check FLEETCTL_ENDPOINT: it must be the address of a fleetd',
      error,
    });
  }
}

function refused(verb: string, what: string, reply: { status: number; body: string }): LabError {
  const message = messageOf(reply.body);
  if (reply.status === 404) {
    return new LabError({
      code: 'missing.unit',
      cause: `${what}: ${message || 'does not exist'}`,
      next: 'fleetctl list-unit-files',
    });
  }
  return new LabError({
    code: reply.status < 500 ? 'unit.refused' : 'internal.fleetd',
    cause: `failed to ${verb} ${what}: ${message || `HTTP status ${reply.status}`}`,
    next: reply.status < 500 ? `correct ${what} and try again` : 'journalctl -u fleet on the machine that answered',
  });
}
