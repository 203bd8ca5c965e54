import { quorumOf } from '#platform/etcd/quorum-of.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import type { Phase } from './phase.ts';

/** Units of a machine in the order in which it needs them, each with what it cannot be ready without. */
const units: readonly { readonly unit: string; readonly phase: string; readonly needs: readonly string[] }[] = [
  { unit: 'etcd.service', phase: 'etcd', needs: ['systemd'] },
  { unit: 'flanneld.service', phase: 'flannel', needs: ['systemd', 'etcd'] },
  { unit: 'docker.service', phase: 'docker', needs: ['systemd', 'flannel'] },
  { unit: 'fleet.service', phase: 'fleetd', needs: ['systemd', 'etcd', 'docker'] },
];

const times = ['InactiveExitTimestampMonotonic', 'ActiveEnterTimestampMonotonic'];

/**
 * When systemd began and ended with the cluster's services on a machine that shares this host's kernel, and with it the clock.
 * @param bootMs ms of the process's clock when the monotonic clock was 0
 * @param members how many members etcd has
 * @returns none for a machine that does not answer
 */
export async function serviceTimes(
  provider: Pick<MachineProvider, 'exec'>,
  machine: string,
  { bootMs, members }: { readonly bootMs: number; readonly members: number },
): Promise<Phase[]> {
  const show = ['systemctl', 'show'];
  const [manager, services] = await Promise.all([
    provider.exec(machine, [...show, '--property=UserspaceTimestampMonotonic']),
    provider.exec(machine, [...show, `--property=${['Id', ...times].join(',')}`, ...units.map(({ unit }) => unit)]),
  ]);
  return phasesOfUnits(machine, `${manager.stdout}\n\n${services.stdout}`, { bootMs, members });
}

/**
 * By what `systemctl show` prints of the manager and of units, a block each (systemd's D-Bus documentation: timestamps are µs of
 * CLOCK_MONOTONIC, 0 for what never was). Pure.
 */
export function phasesOfUnits(
  machine: string,
  shown: string,
  { bootMs, members }: { readonly bootMs: number; readonly members: number },
): Phase[] {
  const blocks = shown.split(/\n{2,}/).map((block) => new Map(block.split('\n').map(keyAndValue)));
  const at = (name: string, id?: string): number | undefined => {
    const micros = Number(blocks.find((block) => block.has(name) && block.get('Id') === id)?.get(name));
    return micros > 0 ? micros / 1000 + bootMs : undefined;
  };
  const span = (phase: string, fromMs: number | undefined, toMs: number | undefined, rest: Partial<Phase>): Phase[] =>
    fromMs === undefined || toMs === undefined || toMs < fromMs
      ? []
      : [{ subject: machine, phase, fromMs, toMs, waits: false, ...rest }];
  const [began = '', active = ''] = times;
  return [
    // Until it begins with what is the lab's own.
    ...span('systemd', at('UserspaceTimestampMonotonic'), at(began, 'etcd.service'), { needs: ['boot'] }),
    ...units.flatMap(({ unit, phase, needs }) =>
      span(phase, at(began, unit), at(active, unit), {
        needs,
        ...(phase === 'etcd' ? { quorum: quorumOf(members) } : {}),
      }),
    ),
  ];
}

function keyAndValue(line: string): [string, string] {
  const [key = '', value = ''] = line.split('=');
  return [key, value];
}
