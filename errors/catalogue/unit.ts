import type { EntriesOf } from './entry.ts';

/** Unit files. */
export const unit = {
  'unit.duration': {
    means:
      'A time in a unit file (RestartSec=, TimeoutStopSec=) cannot be read, so a scenario cannot predict from it ' +
      'how long a step may take.',
    remedy: 'Write it as 5, 500ms or 1min 30s. `lab fleetctl cat UNIT` prints what the cluster has.',
  },
  'unit.name': {
    means: 'fleet takes no unit of that name: a character that no unit name has, too long, or no type that fleet runs.',
    remedy: 'Rename it: letters, digits and : - _ . \\ @, ending in .service or another type of unit.',
  },
  'unit.options': {
    means:
      'An option of a unit cannot be written as one line of a unit file: it holds a line break, or spaces around it.',
    remedy: "Remove them from section, name and value (a client of fleet's HTTP API sent them so).",
  },
  'unit.refused': {
    means: 'fleetd refused to make, change or destroy a unit. The error has its reason.',
    remedy: 'Correct the unit as the reason says, and send it again.',
  },
  'unit.requirements': {
    means: 'The [X-Fleet] section contradicts itself or has values that cannot be, such as Global= beside MachineID=.',
    remedy: 'Edit [X-Fleet] of the unit file, then `lab fleetctl start UNIT` again.',
  },
  'unit.syntax': {
    means: 'A unit file cannot be read. The error gives file and line.',
    remedy: 'Correct that line: [Section] lines, and Key=value lines below them.',
  },
  'unit.template': {
    means: '`fleetctl start` or `load` was given a template (web@.service). Only an instance can run.',
    remedy: '`lab fleetctl start web@1.service`',
  },
  'unit.unreadable': {
    means: 'A unit file is there and cannot be read.',
    remedy: '`ls -l FILE`, and give yourself the permission to read it.',
  },
  'unit.variant': {
    means:
      "A scenario wants to give Couchbase's container variables, and the unit has no ExecStart= with `docker run`.",
    remedy: 'Run the scenario with `--delays none`, or restore the unit: `git checkout units`',
  },
} as const satisfies EntriesOf<'unit'>;
