import { LabError } from '#errors/lab-error.ts';
import type { FleetMachine, FleetUnit } from '../../client/fleet-client.ts';
import { possibleUnitNames } from '../../unit/name.ts';
import { requirementsOf } from '../../unit/requirements.ts';
import type { Command, Context } from '../context.ts';
import { lackLine, makesImage, missingImages } from '../missing-images.ts';
import { runOnMachine, shellLine } from '../remote.ts';
import { findUnit, unitArguments } from '../unit-arguments.ts';

export const status: Command = {
  name: 'status',
  args: 'UNIT...',
  summary: 'systemctl status of units, on their machines',
  flags: [{ name: 'json', kind: 'switch', help: 'what the cluster knows of the units, as JSON' }],
  async run(context) {
    if (context.args.length === 0)
      throw new LabError({ code: 'usage.no-units', cause: 'No units given', next: 'fleetctl status UNIT...' });
    const paths = unitArguments(context.args).map((a) => a.path);
    const units = await Promise.all(paths.map((path) => unitOrError(context, path)));
    if (context.flags.on('json')) {
      const all = units.map(async (unit) => ({
        ...unit,
        states: await context.client.listStates({ unitName: unit.name }),
      }));
      context.out(JSON.stringify(await Promise.all(all)));
      return 0;
    }
    for (const [i, unit] of units.entries()) {
      if (i > 0) context.out('');
      for (const machine of await machinesOf(context, unit, 'loaded')) {
        const code = await runOnMachine(context, machine, shellLine(['systemctl', 'status', '-l', unit.name]));
        if (code === 0) continue;
        for (const image of await missingImages(unit.options, context.env['FLEETCTL_REGISTRY']))
          context.err(`${lackLine(image)}\nnext: ${makesImage(image)}`);
        return code;
      }
    }
    return 0;
  },
};

export const journal: Command = {
  name: 'journal',
  args: 'UNIT',
  summary: 'journal of a unit, on its machine',
  flags: [
    { name: 'lines', kind: 'text', aliases: ['n'], help: 'number of lines (10)' },
    { name: 'follow', kind: 'switch', aliases: ['f'], help: 'go on as lines come' },
    { name: 'output', kind: 'text', aliases: ['o'], help: 'format, as journalctl --output (short)' },
    { name: 'sudo', kind: 'switch', help: 'read it as root' },
  ],
  async run(context) {
    const [argument, ...more] = context.args;
    if (argument === undefined || more.length > 0) {
      throw new LabError({
        code: 'usage.one-unit',
        cause: 'One unit file must be provided.',
        next: 'fleetctl journal [--lines=10] [-f] UNIT',
      });
    }
    const lines = context.flags.text('lines') ?? '10';
    if (!/^(\d+|all)$/.test(lines)) {
      throw new LabError({
        code: 'usage.flag',
        cause: `--lines: "${lines}" is no number`,
        next: 'fleetctl journal --lines=10 UNIT',
      });
    }
    const unit = await unitOrError(context, argument);
    if (requirementsOf(unit.name, unit.options).global) {
      throw new LabError({
        code: 'state.global',
        cause: `Unable to retrieve journal of global unit ${unit.name}.`,
        next: `fleetctl ssh MACHINE journalctl -u ${unit.name}`,
      });
    }
    const [machine] = await machinesOf(context, unit, 'running');
    if (machine === undefined) return 0;
    const command = [
      'journalctl',
      '--unit',
      unit.name,
      '--no-pager',
      '-n',
      lines,
      '--output',
      context.flags.text('output') ?? 'short',
    ];
    if (context.flags.on('follow')) command.push('-f');
    return runOnMachine(context, machine, shellLine(context.flags.on('sudo') ? ['sudo', ...command] : command));
  },
};

export const ssh: Command = {
  name: 'ssh',
  args: 'MACHINE|UNIT [COMMAND...]',
  summary: 'a shell or a command on a machine, or on the machine of a unit',
  flags: [
    { name: 'machine', kind: 'text', help: 'beginning of a machine id, or a host name' },
    { name: 'unit', kind: 'text', help: 'name of a unit' },
    { name: 'forward-agent', kind: 'switch', aliases: ['A'], help: 'let the machine use the keys of this ssh-agent' },
  ],
  until: 1,
  async run(context) {
    const named = context.flags.text('machine') ?? context.flags.text('unit');
    const [target = '', ...rest] = named === undefined ? context.args : [named, ...context.args];
    const command = named === undefined && rest[0] === '--' ? rest.slice(1) : rest;
    const machines = await context.client.listMachines();
    const unit =
      context.flags.text('machine') === undefined && target !== '' ? await findUnit(context.client, target) : undefined;
    const found = machines.filter(
      (m) =>
        m.id === unit?.machineID ||
        (target !== '' && (m.id.startsWith(target.replace(/\.+$/, '')) || m.hostname === target)),
    );
    const [machine] = found;
    if (machine === undefined || found.length > 1) {
      const cause =
        found.length > 1
          ? `${target} is the beginning of ${found.length} machine ids`
          : 'Unable to proceed: could not find matching unit or machine';
      throw new LabError({ code: 'missing.machine', cause, next: 'fleetctl list-machines --full' });
    }
    // As ssh does it: one argument may be a whole line for the shell there.
    return runOnMachine(context, machine, command.join(' '), true);
  },
};

async function unitOrError(context: Context, argument: string): Promise<FleetUnit> {
  const unit = await findUnit(context.client, argument);
  if (unit !== undefined) return unit;
  const [name] = possibleUnitNames(argument);
  throw new LabError({ code: 'missing.unit', cause: `Unit ${name} does not exist.`, next: 'fleetctl list-unit-files' });
}

/** The machine a unit is on (a global unit: every machine that reports it). @throws LabError `state.not-loaded` */
async function machinesOf(context: Context, unit: FleetUnit, word: string): Promise<FleetMachine[]> {
  const machines = await context.client.listMachines();
  const isGlobal = requirementsOf(unit.name, unit.options).global;
  const ids = isGlobal
    ? (await context.client.listStates({ unitName: unit.name })).map((s) => s.machineID)
    : [unit.machineID];
  const found = machines.filter((m) => ids.includes(m.id));
  if (found.length > 0) return found;
  throw new LabError({
    code: 'state.not-loaded',
    cause: `Unit ${unit.name} does not appear to be ${word}.`,
    evidence: unit.reason === undefined ? [] : unit.reason.split('; '),
    next:
      unit.desiredState === 'inactive'
        ? `fleetctl start ${unit.name}`
        : 'fleetctl list-unit-files --fields=unit,dstate,target,reason',
  });
}
