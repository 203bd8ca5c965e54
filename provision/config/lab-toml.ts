import { z } from 'zod';
import { parseAddress, parseNetwork } from './ipv4.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { tomlProblem } from './toml-problem.ts';
import type { TomlFile } from './toml-file.ts';
import { imagesSection, imageTables } from './image-settings.ts';
import { fleetAuths } from './lab-config.ts';

/** lab.toml after checking: every key present, durations in milliseconds. */
export type LabToml = z.output<typeof schema>;

/**
 * Checks what a lab.toml holds against its schema; a missing key has its default.
 * @throws LabError config.key (unknown key, with the nearest valid one) or config.value, both with the line
 */
export function checkLabToml(file: TomlFile, fileName: string): LabToml {
  const result = schema.safeParse(file.value);
  if (result.success) return result.data;
  throw tomlProblem(result.error.issues, file, fileName, keysOf);
}

function duration(minMs: number, maxMs: number) {
  const range = `from "${formatDuration(minMs)}" to "${formatDuration(maxMs)}"`;
  return z
    .string(`must be a duration in quotes ${range}`)
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .pipe(
      z
        .number(`must be a number with a unit (ms, s, m, h), ${range}`)
        .min(minMs, `must be ${range}`)
        .max(maxMs, `must be ${range}`),
    );
}

function whole(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z.number(rule).int(rule).min(min, rule).max(max, rule);
}

const address = z
  .string('must be an IPv4 address in quotes')
  .refine((text) => parseAddress(text) !== undefined, 'must be an IPv4 address, four numbers from 0 to 255');

function network(minPrefix: number, maxPrefix: number) {
  const rule = `must be an IPv4 network like "172.17.8.0/24" with a prefix from /${minPrefix} to /${maxPrefix}`;
  const fits = (text: string): boolean => {
    const prefix = parseNetwork(text)?.prefixLength;
    return prefix !== undefined && prefix >= minPrefix && prefix <= maxPrefix;
  };
  return z.string(rule).refine(fits, rule);
}

const port = whole(1, 65_535);
const second = 1000;
const hour = 3_600_000;

/** At most 11 characters: with a prefix of 4 the lab's interface names must fit the kernel's 15. */
export const labNameRule = 'must be 1 to 11 characters of a-z, 0-9 and -, starting with a letter and not ending in -';

const namePattern = /^[a-z](?:[a-z0-9-]{0,9}[a-z0-9])?$/;

/** Whether a lab can have this name. Pure. */
export function isLabName(text: string): boolean {
  return namePattern.test(text);
}

const sections = {
  lab: z.strictObject({
    name: z.string(labNameRule).regex(namePattern, labNameRule).prefault('lab'),
    state_dir: z
      .string('must be a path in quotes')
      .regex(
        /^\/[^\p{Cc},:\\"%$]+$/u,
        'must be an absolute path below /, without `,` `:` `\\` (mount options), `%` `$` (ssh expands them) and `"`',
      )
      .prefault('/var/lib/coreos-lab'),
  }),
  network: z.strictObject({
    range: network(16, 28).prefault('172.17.8.0/24'),
    bridge: address.prefault('172.17.8.1'),
    first_machine: address.prefault('172.17.8.101'),
    host: address.prefault('172.17.8.254'),
    flannel: network(8, 20).prefault('10.1.0.0/16'),
    flannel_backend: z.enum(['host-gw', 'vxlan'], 'must be "host-gw" or "vxlan"').prefault('host-gw'),
  }),
  timers: z.strictObject({
    fleet_agent_ttl: duration(2 * second, 300 * second).prefault('5s'),
    etcd_heartbeat: duration(10, 5 * second).prefault('100ms'),
    etcd_election: duration(50, 50 * second).prefault('500ms'),
    boot_deadline: duration(second, hour).prefault('60s'),
    ready_deadline: duration(second, hour).prefault('90s'),
    halt_deadline: duration(second, hour).prefault('30s'),
    deploy_deadline: duration(second, hour).prefault('5m'),
    image_build_deadline: duration(60 * second, 6 * hour).prefault('20m'),
    stretch: whole(1, 60).prefault(1),
  }),
  ports: z.strictObject({
    registry: port.prefault(5000),
    artifacts: port.prefault(8000),
    fleet_api: port.prefault(49_153),
  }),
  images: imagesSection,
  machines: z.strictObject({ ignition: z.string('must be a path in quotes').prefault('') }),
  fleet: z.strictObject({
    fence: z.boolean('must be true or false').prefault(true),
    auth: z.enum(fleetAuths, `must be one of ${fleetAuths.map((one) => `"${one}"`).join(', ')}`).prefault('off'),
  }),
  apps: z.strictObject({ couchbase: z.boolean('must be true or false').prefault(true) }),
  rsvp: z.strictObject({
    rate: z.number('must be a number').min(0.01, 'must be at least 0.01').max(1000, 'must be at most 1000').prefault(4),
    seed: whole(0, 4_294_967_295).prefault(1),
  }),
  vagrant: z.strictObject({
    hypervisor: z.enum(['libvirt', 'virtualbox'], 'must be "libvirt" or "virtualbox"').prefault('libvirt'),
    driver: z.enum(['auto', 'kvm', 'qemu'], 'must be "auto", "kvm" or "qemu"').prefault('auto'),
    cpu_model: z
      .string('must be a CPU model of QEMU in quotes')
      .regex(/^[A-Za-z0-9_.-]*$/, 'must be a CPU model of QEMU like "Nehalem" (qemu-system-x86_64 -cpu help)')
      .prefault(''),
    stretch: whole(0, 60).prefault(0),
    tb_size_mb: whole(16, 2048).prefault(512),
    management: network(16, 28).prefault('192.168.121.0/24'),
  }),
};

const schema = z.strictObject({
  lab: sections.lab.prefault({}),
  network: sections.network.prefault({}),
  timers: sections.timers.prefault({}),
  ports: sections.ports.prefault({}),
  images: sections.images.prefault({}),
  machines: sections.machines.prefault({}),
  fleet: sections.fleet.prefault({}),
  apps: sections.apps.prefault({}),
  rsvp: sections.rsvp.prefault({}),
  vagrant: sections.vagrant.prefault({}),
});

/** The keys of every section, in the order of lab.toml. */
export const keysOf: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, Object.keys(section.shape)])),
  ...imageTables,
};
