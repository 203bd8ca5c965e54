import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { readConfigRb, type MachineShape } from './config-rb.ts';
import { crossCheck } from './cross-checks.ts';
import { imageConfig, lacksRemote, unusedName } from './image-settings.ts';
import type { HypervisorName, LabConfig, MachineConfig, ProviderName, TimerConfig } from './lab-config.ts';
import { checkLabToml, type LabToml } from './lab-toml.ts';
import { parseToml, readConfigText, type TomlFile } from './toml-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** config.rb and lab.toml as they were read, once: where a lab's state is must be known to choose what runs its machines. */
export interface ConfigFiles {
  /** As LabConfig has it. */
  readonly stateDir: string;
  /** @throws LabError config.* naming file and line, with what to write instead */
  configFor(wanted: ConfigRequest): LabConfig;
}

export interface ConfigRequest {
  /** NUM_INSTANCES (deprecated), XDG_CACHE_HOME and HOME are looked at. */
  readonly env: Environment;
  /** CPUs this host has. */
  readonly hostCpus: number;
  /** Decides which variables of config.rb have something to act on. */
  readonly provider: ProviderName;
  /** Where the lab has one already, or another one than lab.toml's was asked for. */
  readonly hypervisor?: HypervisorName | undefined;
}

/**
 * Reads `dir`/config.rb and `dir`/lab.toml. A missing file or key means defaults.
 * @param name of the lab, in place of the one that lab.toml gives: several labs of one configuration
 * @throws LabError config.* for a file that cannot be read, and for lab.toml
 */
export function readConfigFiles(dir: string, name?: string): ConfigFiles {
  const file = parseToml(readConfigText(join(dir, 'lab.toml'), ''), 'lab.toml');
  const asWritten = checkLabToml(file, 'lab.toml');
  const toml = name === undefined ? asWritten : { ...asWritten, lab: { ...asWritten.lab, name } };
  const named = toml.lab.name !== asWritten.lab.name;
  refuseFileInWay(stateDirOf(toml), file.lineOf(['lab', 'state_dir']));
  const rb = readConfigText(join(dir, 'config.rb'), '');
  return { stateDir: stateDirOf(toml), configFor: (wanted) => labConfig({ dir, file, toml, rb, named }, wanted) };
}

/**
 * Both files as one checked, deeply frozen value, for who knows the provider already.
 * @throws LabError config.*
 */
export function loadConfig(
  dir: string,
  env: Environment,
  hostCpus: number = availableParallelism(),
  provider: ProviderName = 'nspawn',
  name?: string,
): LabConfig {
  return readConfigFiles(dir, name).configFor({ env, hostCpus, provider });
}

function labConfig(
  { dir, file, toml, rb, named }: { dir: string; file: TomlFile; toml: LabToml; rb: string; named: boolean },
  { env, hostCpus, provider, hypervisor }: ConfigRequest,
): LabConfig {
  if (named && provider === 'vagrant') throw oneVagrantDirectory(toml.lab.name);
  const runs = provider === 'nspawn' ? provider : (hypervisor ?? toml.vagrant.hypervisor);
  const shape = readConfigRb(rb, 'config.rb', env, runs);
  const at = (section: string, key: string): string => {
    const line = file.lineOf([section, key]);
    return line === undefined ? `lab.toml [${section}] ${key}` : `lab.toml:${line}`;
  };
  const addresses = crossCheck({ shape, toml, at, hostCpus });
  checkImages(toml, file);
  return deepFreeze({
    name: toml.lab.name,
    provider,
    stateDir: stateDirOf(toml),
    cacheDir: cacheDirectory(env),
    machines: addresses.map((address, i) => machine(shape, i + 1, address)),
    network: network(toml),
    timers: timers(toml),
    stretch: 1,
    hostStretch: toml.timers.stretch,
    ports: { registry: toml.ports.registry, artifacts: toml.ports.artifacts, fleetApi: toml.ports.fleet_api },
    images: imageConfig(toml.images),
    ...(toml.machines.ignition === '' ? {} : ignition(resolve(dir, toml.machines.ignition))),
    fleet: { ...toml.fleet },
    apps: { ...toml.apps },
    rsvp: { ...toml.rsvp },
    vagrant: vagrant(toml, shape, hypervisor),
    notices: [...shape.notices, ...unreadFiles(dir, toml)],
  });
}

/** @throws LabError config.images */
function checkImages({ images }: LabToml, file: TomlFile): void {
  const refuse = (path: readonly string[], problem: string, next: string): LabError => {
    const line = file.lineOf(path);
    const place = line === undefined ? 'lab.toml' : `lab.toml:${line}`;
    const key = `[${path.slice(0, -1).join('.')}] ${path.at(-1)}`;
    return new LabError({ code: 'config.images', cause: `${place}: ${key} ${problem}`, next });
  };
  const wants = lacksRemote(images);
  if (wants !== undefined) {
    const next = 'name a registry under [images] in lab.toml: remoteurl = "https://HOST"; or set source = "embedded"';
    throw refuse(wants, 'is "upstream", and [images] remoteurl names no registry to take it from', next);
  }
  const unused = unusedName(images);
  if (unused === undefined) return;
  const next = `write source = "upstream" in [${unused.slice(0, -1).join('.')}], or leave image out`;
  throw refuse(unused, 'names an image of a registry, and this one is built here', next);
}

/** coreos-vagrant has its machines read them (coreos-vagrant's README, "Provisioning with user-data"). */
function unreadFiles(dir: string, { machines }: LabToml): string[] {
  return ['user-data', 'config.ign'].flatMap((name) =>
    existsSync(join(dir, name)) && resolve(dir, machines.ignition) !== join(dir, name)
      ? [`${name} beside config.rb is not read: name an Ignition file as [machines] ignition in lab.toml.`]
      : [],
  );
}

/** Vagrant knows its machines by the directory of the Vagrantfile's configuration and their names. */
function oneVagrantDirectory(name: string): LabError {
  return new LabError({
    code: 'unbuilt.named-guests',
    cause: `lab ${name} cannot have virtual machines beside those of lab.toml's own lab: both would be the same ones to Vagrant`,
    next: `a directory with a config.rb and a lab.toml of its own: LAB_CONFIG_DIR=DIR lab up --provider vagrant`,
  });
}

/** What is made in a directory cannot be made in a file. @throws LabError config.value */
function refuseFileInWay(stateDir: string, line: number | undefined): void {
  let nearest = stateDir;
  while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest);
  if (statSync(nearest, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  throw new LabError({
    code: 'config.value',
    cause: `lab.toml${line === undefined ? '' : `:${line}`}: [lab] state_dir: ${nearest} is no directory`,
    next: 'name another one in lab.toml, or move what is there out of the way',
  });
}

function stateDirOf({ lab }: LabToml): string {
  return join(lab.state_dir, lab.name);
}

/** XDG Base Directory Specification: a relative XDG_CACHE_HOME is to be ignored. */
export function cacheDirectory(env: Environment): string {
  const xdg = env['XDG_CACHE_HOME'];
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(env['HOME'] ?? homedir(), '.cache');
  return join(base, 'coreos-lab');
}

function machine(shape: MachineShape, index: number, address: string): MachineConfig {
  return {
    name: `${shape.namePrefix}-${String(index).padStart(2, '0')}`,
    index,
    address,
    memoryBytes: shape.memoryMb * 1024 * 1024,
    cpus: shape.cpus,
  };
}

function network({ network: n }: LabToml): LabConfig['network'] {
  return {
    cidr: n.range,
    prefixLength: Number(n.range.slice(n.range.indexOf('/') + 1)),
    bridgeAddress: n.bridge,
    hostAddress: n.host,
    flannelCidr: n.flannel,
    flannelBackend: n.flannel_backend,
  };
}

function ignition(ignitionFile: string): Pick<LabConfig, 'ignitionFile' | 'ignitionDigest'> {
  try {
    const digest = createHash('sha256').update(readFileSync(ignitionFile)).digest('hex').slice(0, 12);
    return { ignitionFile, ignitionDigest: digest };
  } catch {
    // `lab up` says so; all other commands need no such file.
    return { ignitionFile };
  }
}

function timers({ timers: t }: LabToml): TimerConfig {
  return {
    fleetAgentTtlMs: t.fleet_agent_ttl,
    etcdHeartbeatMs: t.etcd_heartbeat,
    etcdElectionMs: t.etcd_election,
    bootDeadlineMs: t.boot_deadline,
    readyDeadlineMs: t.ready_deadline,
    haltDeadlineMs: t.halt_deadline,
    deployDeadlineMs: t.deploy_deadline,
    imageBuildDeadlineMs: t.image_build_deadline,
  };
}

function vagrant({ vagrant: v }: LabToml, shape: MachineShape, hypervisor?: HypervisorName): LabConfig['vagrant'] {
  return {
    hypervisor: hypervisor ?? v.hypervisor,
    driver: v.driver,
    ...(v.cpu_model === '' ? {} : { cpuModel: v.cpu_model }),
    stretch: v.stretch,
    tbSizeMb: v.tb_size_mb,
    managementCidr: v.management,
    ports: shape.ports,
    executionCap: shape.executionCap,
    asked: shape.asked,
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  return Object.freeze(value);
}
