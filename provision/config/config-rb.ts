import { LabError } from '#errors/lab-error.ts';
import type { PortWishes } from './forwarded-ports.ts';
import { didYouMean } from '#errors/nearest.ts';
import { readRubyGlobals, type RubyGlobal, type RubyGlobals } from './ruby-globals.ts';
import { asRuby, isHash } from './ruby-value.ts';
import { badValue, namePrefix, wholeNumber } from './variable-values.ts';
import {
  appliesElsewhere,
  honouredByVagrantfile,
  portOf,
  type Inapplicable,
  type MachineRunner,
} from './vagrant-variables.ts';

/** What config.rb says about the machines. `memoryMb` are Vagrant's megabytes of 1024 * 1024 bytes. */
export interface MachineShape {
  readonly count: number;
  readonly namePrefix: string;
  readonly memoryMb: number;
  readonly cpus: number;
  /** Nothing is wished where the machines are not Vagrant's. */
  readonly ports: PortWishes;
  /** Percent of each CPU, 1-100; followed by VirtualBox only. */
  readonly executionCap: number;
  /** Values in Ruby of the variables that Vagrant acts on beyond number, name and size; without those that ask for nothing. */
  readonly asked: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
  /** `config.rb:12`, for messages of later checks; the file's name alone where the default is used. */
  readonly places: { readonly count: string; readonly memory: string; readonly cpus: string };
}

const machineDefaults = { count: 3, namePrefix: 'core', memoryMb: 2048, cpus: 1 } as const;

/**
 * The Vagrantfile assigns these before it reads config.rb, where a line that is commented out leaves them as they were, and `||=` changes
 * nothing of those that have a value.
 */
const assignedBefore: ReadonlyMap<string, string | number | null> = new Map<string, string | number | null>([
  ['$num_instances', null],
  ['$instance_name_prefix', machineDefaults.namePrefix],
  ['$vm_memory', machineDefaults.memoryMb],
  ['$vm_cpus', machineDefaults.cpus],
  ['$update_channel', 'alpha'],
  ['$image_version', 'current'],
  ['$vb_cpuexecutioncap', 100],
]);

/** Names of the settings this lab follows, and the older ones of VirtualBox days, which win when set (as in coreos-vagrant). */
const followed = ['$num_instances', '$instance_name_prefix', '$vm_memory', '$vm_cpus'];
const olderNames = new Map([
  ['$vb_memory', '$vm_memory'],
  ['$vb_cpus', '$vm_cpus'],
]);

/**
 * Reads the text of a config.rb as coreos-vagrant means it.
 * @param fileName how messages call the file
 * @param env what `ENV['NAME']` is in it. NUM_INSTANCES is the number of machines where config.rb does not say it
 * @param runs the machines: decides which of coreos-vagrant's variables have something to act on
 * @throws LabError config.ruby, config.variable, config.value, config.environment
 */
export function readConfigRb(
  text: string,
  fileName: string,
  env: Readonly<Record<string, string | undefined>>,
  runs: MachineRunner,
): MachineShape {
  const { globals, unmade, used, discoveryBlock } = readRubyGlobals(text, fileName, { values: assignedBefore, env });
  const last = lastAssignments(globals);
  // A variable of the reader's own is no misspelt one when another is made of it.
  for (const global of [...unmade, ...last.values()]) if (!used.has(global.name)) refuseUnknown(global, fileName);
  for (const global of last.values()) {
    if (runs !== 'nspawn') refuseUnfit(global, fileName);
  }
  const pick = (name: string): RubyGlobal | undefined => {
    const older = [...olderNames].find(([, current]) => current === name)?.[0];
    const old = older === undefined ? undefined : last.get(older);
    return old && old.value !== null ? old : last.get(name);
  };
  const count = pick('$num_instances');
  const environment = environmentCount(env['NUM_INSTANCES'], count, fileName);
  const memory = pick('$vm_memory');
  const cpus = pick('$vm_cpus');
  const cap = last.get('$vb_cpuexecutioncap');
  const place = (global: RubyGlobal | undefined): string => (global ? `${fileName}:${global.line}` : fileName);
  return {
    count: wholeNumber(count, fileName, { min: 1, max: 9, example: 3 }) ?? environment.count ?? machineDefaults.count,
    namePrefix: namePrefix(last.get('$instance_name_prefix'), fileName) ?? machineDefaults.namePrefix,
    memoryMb:
      wholeNumber(memory, fileName, { min: 256, max: 1_048_576, example: 2048, mayBeText: true }) ??
      machineDefaults.memoryMb,
    cpus: wholeNumber(cpus, fileName, { min: 1, max: 256, example: 1, mayBeText: true }) ?? machineDefaults.cpus,
    ports: runs === 'nspawn' ? { forwarded: [] } : portWishes(last),
    executionCap: runs === 'virtualbox' ? (wholeNumber(cap, fileName, { min: 1, max: 100, example: 100 }) ?? 100) : 100,
    asked: runs === 'nspawn' ? {} : askedOfVagrant(last, runs),
    notices: [...environment.notices, ...notices(globals, last, { fileName, unmade, discoveryBlock, runs })],
    places: { count: place(count), memory: place(memory), cpus: place(cpus) },
  };
}

function lastAssignments(globals: readonly RubyGlobal[]): Map<string, RubyGlobal> {
  return new Map(globals.map((global) => [global.name, global]));
}

function refuseUnknown(global: RubyGlobal, fileName: string): void {
  const known = knownVariables;
  if (known.includes(global.name)) return;
  throw new LabError({
    code: 'config.variable',
    cause: `${fileName}:${global.line}: unknown variable ${global.name}${didYouMean(global.name, known)}`,
    evidence: [`known: ${known.join(' ')}`],
    next: `Correct the name on line ${global.line} of ${fileName}, or put # in front of the line.`,
  });
}

function refuseUnfit(global: RubyGlobal, fileName: string): void {
  const form = honouredByVagrantfile.get(global.name);
  const misfit = form?.misfit(global.value);
  if (form && misfit) {
    const line = misfit.line ?? global.valueLine;
    throw badValue(global, { fileName, line, rule: form.rule, shown: misfit.shown, example: form.example });
  }
}

/** Every variable that config.rb may set, whatever runs the machines. */
export const knownVariables: readonly string[] = [
  ...followed,
  ...olderNames.keys(),
  ...appliesElsewhere('nspawn').keys(),
];

function askedOfVagrant(last: ReadonlyMap<string, RubyGlobal>, runs: MachineRunner): Record<string, string> {
  const others = [...followed, ...olderNames.keys(), ...appliesElsewhere(runs).keys()];
  const asked = [...last.values()].flatMap(({ name, value }) => {
    const isNothing = value === null || value === false || (isHash(value) && value.pairs.length === 0);
    if (others.includes(name) || isNothing || value === assignedBefore.get(name)) return [];
    return [[name, asRuby(value)] as const];
  });
  return Object.fromEntries(asked);
}

/** Of values that `refuseUnfit` has let pass. */
function portWishes(last: ReadonlyMap<string, RubyGlobal>): PortWishes {
  const forwarded = last.get('$forwarded_ports')?.value ?? null;
  const pairs = isHash(forwarded) ? forwarded.pairs : [];
  const dockerTcp = portOf(last.get('$expose_docker_tcp')?.value ?? null);
  return {
    forwarded: pairs.map(([guest, host]) => ({ guest: Number(guest), host: Number(host) })),
    ...(dockerTcp === undefined ? {} : { dockerTcp }),
  };
}

/** coreos-vagrant applies NUM_INSTANCES first and lets config.rb override it; 0 and empty mean unset there and here. */
function environmentCount(
  text: string | undefined,
  global: RubyGlobal | undefined,
  fileName: string,
): { count?: number; notices: string[] } {
  if (text === undefined || text.trim() === '' || text.trim() === '0') return { notices: [] };
  if (!/^[1-9]$/.test(text.trim())) {
    throw new LabError({
      code: 'config.environment',
      cause: `NUM_INSTANCES in the environment must be a number from 1 to 9, not ${JSON.stringify(text)}`,
      next: 'Run `unset NUM_INSTANCES` and set $num_instances in config.rb.',
    });
  }
  const count = Number(text);
  if (global && global.value !== null) {
    const where = `${fileName}:${global.line} sets $num_instances, which wins over it (as in coreos-vagrant)`;
    return { notices: [`NUM_INSTANCES=${count} from the environment has no effect: ${where}.`] };
  }
  return { count, notices: [`NUM_INSTANCES=${count} from the environment is deprecated: set $num_instances.`] };
}

function notices(
  globals: readonly RubyGlobal[],
  last: ReadonlyMap<string, RubyGlobal>,
  context: {
    fileName: string;
    unmade: RubyGlobals['unmade'];
    discoveryBlock: RubyGlobals['discoveryBlock'];
    runs: MachineRunner;
  },
): string[] {
  const { fileName, unmade, discoveryBlock: block } = context;
  const inapplicable = appliesElsewhere(context.runs);
  const at = (line: number): string => `${fileName}:${line}: `;
  const found = [...last.values()].flatMap((global) => {
    const elsewhere: Inapplicable | undefined = inapplicable.get(global.name);
    const current = olderNames.get(global.name);
    if (elsewhere && !elsewhere.isOff(global.value)) return [`${at(global.line)}${global.name}: ${elsewhere.because}.`];
    if (current && global.value !== null) {
      return [`${at(global.line)}${global.name} is the older name of ${current} and wins over it.`];
    }
    return [];
  });
  const repeated = globals.filter((global) => last.get(global.name) !== global);
  return [
    ...found,
    ...repeated.map(
      (g) => `${at(g.line)}${g.name} is set again on line ${last.get(g.name)?.line}; the last one counts.`,
    ),
    ...unmade.flatMap(({ name, line, kept }) =>
      kept === undefined
        ? []
        : [`${at(line)}${name} ||= has no effect, it is ${asRuby(kept)} already (as in coreos-vagrant): write =.`],
    ),
    ...(block ? [`${at(block.firstLine)}the discovery token block is not run: the etcd members know each other.`] : []),
  ];
}
