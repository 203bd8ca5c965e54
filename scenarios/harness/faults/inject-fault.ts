import { LabError } from '../../../errors/lab-error.ts';
import type { Lab } from '../../../provision/cluster/lab.ts';
import type { ExecResult, MachineProvider } from '../../../provision/machines/machine-provider.ts';
import type { FaultAction } from './fault-record.ts';

/** Does one fault to a machine. @throws LabError when it could not be done */
export async function injectFault(
  ground: { readonly lab: Pick<Lab, 'halt' | 'cut'>; readonly provider: MachineProvider },
  machine: string,
  action: FaultAction,
): Promise<void> {
  const { lab, provider } = ground;
  const exec = async (...argv: string[]) => must(machine, argv, await provider.exec(machine, argv));
  switch (action.kind) {
    case 'halt':
      return lab.halt([machine]);
    case 'cut':
      return lab.cut([machine]);
    case 'reboot':
      return provider.reboot(machine);
    case 'kill':
      return exec('systemctl', 'kill', '--kill-who=main', '--signal=SIGKILL', action.unit);
    case 'kill-container':
      return exec('docker', 'kill', '--signal=KILL', action.container);
    case 'stop-unit':
      return exec('systemctl', 'stop', action.unit);
    default:
      return provider.impair(machine, action);
  }
}

/** A fault as a person says it. */
export function faultName(machine: string, action: FaultAction): string {
  switch (action.kind) {
    case 'partition':
      return action.from === 'all'
        ? `partition ${machine} from all others`
        : `partition ${machine} from ${action.from.join(', ')}`;
    case 'packet-loss':
      return `drop ${action.percent} % of the packets to ${machine}`;
    case 'slow-cpu':
      return `leave ${machine} ${action.cpus} CPUs`;
    case 'slow-disk':
      return `leave ${machine} ${Math.round(action.bytesPerSecond / 1024)} KiB/s of disk`;
    case 'full-disk':
      return `fill the disk of ${machine}`;
    case 'kill':
      return `kill ${action.unit} on ${machine}`;
    case 'kill-container':
      return `kill container ${action.container} on ${machine}`;
    case 'stop-unit':
      return `stop ${action.unit} on ${machine}`;
    default:
      return `${action.kind} ${machine}`;
  }
}

function must(machine: string, argv: readonly string[], result: ExecResult): void {
  if (result.exitCode === 0) return;
  throw new LabError({
    code: 'command.fault',
    cause: `${argv.join(' ')} on ${machine} ended with exit code ${result.exitCode}`,
    evidence: `${result.stdout}${result.stderr}`.trimEnd().split('\n').slice(-8),
    next: `lab ssh ${machine} -- ${argv.join(' ')}`,
  });
}
