import type { FaultAction } from '../record/fault-record.ts';

/** A fault as a person says it: `cut core-02`, `drop 30 % of the packets to core-01`. Pure. */
export function faultName(machine: string, action: FaultAction): string {
  switch (action.kind) {
    case 'halt':
    case 'cut':
    case 'reboot':
    case 'pause':
      return `${action.kind} ${machine}`;
    case 'partition':
      return `partition ${machine} from ${action.from === 'all' ? 'all others' : action.from.join(', ')}`;
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
  }
}
