import { LabError } from '#errors/lab-error.ts';
import type { MachineUnderTest } from '../harness/context/lab-under-test.ts';

/** What tells a machine that kept its disk from one that is new. */
export interface MachineTraces {
  readonly marker: boolean;
  /** Hexadecimal, as etcdctl prints it. */
  readonly memberId: string | undefined;
  /** Who the cluster says its members are, by this machine's etcd: id -> name. */
  readonly members: Readonly<Record<string, string>>;
  /** Docker makes itself an id on its first start. */
  readonly dockerId: string;
  /** Container images in its cache, by name. */
  readonly images: readonly string[];
  /** `10.1.2.1/24`: flannel's lease. */
  readonly subnet: string | undefined;
}

const markerFile = '/home/core/kept-on-disk';

/** Leaves a file on the machine's disk that nothing provisions. */
export async function leaveMarker(machine: MachineUnderTest): Promise<void> {
  await run(machine, 'touch', markerFile);
}

/** Asks a machine that runs. */
export async function machineTraces(machine: MachineUnderTest): Promise<MachineTraces> {
  const [marker, list, dockerId, images, subnet] = await Promise.all([
    machine.exec(['test', '-e', markerFile]),
    run(machine, 'env', 'ETCDCTL_API=3', 'etcdctl', 'member', 'list'),
    run(machine, 'docker', 'info', '--format', '{{.ID}}'),
    run(machine, 'docker', 'images', '--format', '{{.Repository}}:{{.Tag}}'),
    run(machine, 'cat', '/run/flannel/subnet.env'),
  ]);
  const members = readMembers(list);
  return {
    marker: marker.exitCode === 0,
    memberId: Object.entries(members).find(([, name]) => name === machine.name)?.[0],
    members,
    dockerId: dockerId.trim(),
    images: images.split('\n').filter(Boolean).sort(),
    subnet: /^FLANNEL_SUBNET=(.*)$/m.exec(subnet)?.[1],
  };
}

/** Lines of the v3 client's `member list`: id, status, name, peer URLs, client URLs, learner. Pure. */
export function readMembers(list: string): Record<string, string> {
  const rows = list.split('\n').map((line) => line.split(',').map((field) => field.trim()));
  return Object.fromEntries(
    rows.flatMap(([id, , name]) => (id === undefined || name === undefined ? [] : [[id, name]])),
  );
}

async function run(machine: MachineUnderTest, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.exec(argv);
  if (exitCode === 0) return stdout;
  throw new LabError({
    code: 'command.machine',
    cause: `on ${machine.name} \`${argv.join(' ')}\` ended with exit code ${exitCode}`,
    evidence: stderr.split('\n').filter(Boolean).slice(-5),
    next: `lab ssh ${machine.name} -- ${argv.join(' ')}`,
  });
}
