import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { ExecResult, MachineProvider, ProviderCapability } from '#provision/machines/machine-provider.ts';
import type { FaultAction } from '../record/fault-record.ts';

/** Does one fault to a machine. @throws LabError when it could not be done */
export async function injectFault(
  parts: { readonly lab: Pick<Lab, 'halt' | 'cut'>; readonly provider: MachineProvider },
  machine: string,
  action: FaultAction,
): Promise<void> {
  const { lab, provider } = parts;
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

/** @throws LabError `unbuilt.fault` when this provider has no such fault; nothing was done then */
export function requireCapability(provider: MachineProvider, { kind }: FaultAction): void {
  const needed: ProviderCapability =
    kind === 'kill' || kind === 'kill-container' || kind === 'stop-unit' ? 'exec' : kind;
  if (provider.capabilities.includes(needed)) return;
  throw new LabError({
    code: 'unbuilt.fault',
    cause: `the provider ${provider.name} has no fault ${kind}`,
    evidence: [`it has ${provider.capabilities.join(', ')}`],
    next: 'use another fault (docs/known-issues.md says why this one is missing)',
  });
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
