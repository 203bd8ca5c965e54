import { seconds } from '#errors/seconds.ts';
import type { PlannedFault } from './plan.ts';

/** A planned fault as a person says it: `cut the machine running couchbase@1 for 9.2 s`. */
export function describeFault({ target, action, durationMs }: PlannedFault): string {
  const isRole = /^(?:machine running|engine leader|etcd leader)/.test(target);
  const whom = isRole ? `the ${target}` : target === 'any other' ? 'any other machine' : target;
  const lasts = durationMs === 0 ? '' : ` for ${seconds(durationMs)}`;
  switch (action.kind) {
    case 'partition':
      return `part ${whom} from ${action.from === 'all' ? 'all others' : action.from.join(', ')}${lasts}`;
    case 'packet-loss':
      return `drop ${action.percent} % of the packets to ${whom}${lasts}`;
    case 'slow-cpu':
      return `leave ${whom} ${action.cpus} CPUs${lasts}`;
    case 'slow-disk':
      return `slow the disk of ${whom} to ${Math.round(action.bytesPerSecond / 1024)} KiB/s${lasts}`;
    case 'full-disk':
      return `fill the disk of ${whom}${lasts}`;
    case 'kill':
      return `kill ${action.unit} on ${whom}`;
    case 'kill-container':
      return `kill the container ${action.container}`;
    case 'stop-unit':
      return `stop ${action.unit} on ${whom}${lasts}`;
    default:
      return `${action.kind} ${whom}${lasts}`;
  }
}
