import type { FleetMachine, FleetUnit, FleetUnitState } from '../../client/fleet-client.ts';
import { requirementsOf } from '../../unit/requirements.ts';
import { hashUnit } from '../../unit/serialise.ts';
import { joinedValue } from '../../unit/lines.ts';
import { valuesOf } from '../../unit/unit-file.ts';
import { saying, type Command } from '../context.ts';
import { machineLabel } from '../machine-label.ts';
import { listFlags, printTable, type Columns } from '../table.ts';

const short = (text: string | undefined, length: number, full: boolean, dots = ''): string => {
  if (!text) return '-';
  return full ? text : `${text.slice(0, length)}${dots}`;
};

const machineColumns: Columns<FleetMachine> = {
  machine: (m, full) => short(m.id, 8, full, '...'),
  ip: (m) => m.primaryIP || '-',
  metadata: (m) => {
    const pairs = Object.entries(m.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    return pairs.map(([k, v]) => `${k}=${v}`).join(',') || '-';
  },
  hostname: (m) => m.hostname || '-',
};

const machineDefaults = 'machine,ip,metadata';
export const listMachines: Command = {
  name: 'list-machines',
  args: '',
  summary: 'the machines that are present',
  flags: listFlags(machineDefaults),
  async run(context) {
    const machines = await saying('Error retrieving list of active machines', () => context.client.listMachines());
    printTable(context, machineColumns, machineDefaults, machines);
    return 0;
  },
};

const stateDefaults = 'unit,machine,active,sub';
export const listUnits: Command = {
  name: 'list-units',
  args: '',
  summary: 'what systemd says of the units, machine by machine',
  flags: listFlags(stateDefaults),
  async run(context) {
    const [states, machines] = await saying('Error retrieving list of units from repository', () =>
      Promise.all([context.client.listStates(), context.client.listMachines()]),
    );
    const columns: Columns<FleetUnitState> = {
      unit: (s) => s.name || '-',
      machine: (s, full) => machineLabel(s.machineID, machines, full),
      active: (s) => s.systemdActiveState || '-',
      sub: (s) => s.systemdSubState || '-',
      load: (s) => s.systemdLoadState || '-',
      hash: (s, full) => short(s.hash, 7, full),
    };
    printTable(context, columns, stateDefaults, states);
    return 0;
  },
};

const fileDefaults = 'unit,hash,dstate,state,target';
export const listUnitFiles: Command = {
  name: 'list-unit-files',
  args: '',
  summary: 'the units the cluster knows, and where they are to run',
  flags: listFlags(fileDefaults),
  async run(context) {
    const [units, machines] = await saying('Error retrieving list of units from repository', () =>
      Promise.all([context.client.listUnits(), context.client.listMachines()]),
    );
    const isGlobal = (u: FleetUnit): boolean => requirementsOf(u.name, u.options).global;
    const target = (u: FleetUnit, full: boolean): string =>
      isGlobal(u) ? 'global' : machineLabel(u.machineID, machines, full);
    const columns: Columns<FleetUnit> = {
      unit: (u) => u.name,
      hash: (u, full) => short(hashUnit(u.options), 7, full),
      dstate: (u) => u.desiredState || '-',
      state: (u) => (isGlobal(u) ? '-' : u.currentState || '-'),
      target,
      tmachine: target,
      global: (u) => String(isGlobal(u)),
      desc: (u) => joinedValue(valuesOf(u.options, 'Unit', 'Description').at(-1) ?? '') || '-',
      reason: (u) => u.reason || '-',
    };
    if (context.flags.text('fields')?.split(',').includes('tmachine')) {
      context.err('WARNING: The "tmachine" field is deprecated. Use "target" instead');
    }
    printTable(context, columns, fileDefaults, units);
    return 0;
  },
};
