import type { LabConfig } from '../../config/lab-config.ts';
import type { ProviderStatus } from '../../machines/machine-provider.ts';
import { configChanges } from '../in-force/config-changes.ts';
import { listed } from '../in-force/listed.ts';
import { planUp } from '../up/plan.ts';

/** One line of what `lab up` would do. */
export interface PreviewStep {
  /** A machine's name, or what all of them need: `packages`, `OS image`, `container images`, `box`, `addresses`, `network`. */
  readonly subject: string;
  readonly action: 'install' | 'fetch' | 'build' | 'create' | 'start' | 'change' | 'wait' | 'nothing';
  readonly reason: string;
  /** To be downloaded; absent where nothing is, or where nobody can tell. */
  readonly bytes?: number;
}

/** What was seen of the host and the lab; nothing was touched. */
export interface PreviewSeen {
  /** What the lab is made of; undefined when there is none. */
  readonly inForce: LabConfig | undefined;
  /** What `lab up` makes of it. */
  readonly becomes: LabConfig;
  readonly wanted: readonly string[];
  readonly status: ProviderStatus;
  /** Another lab without a running machine that has the addresses. */
  readonly resting?: string | undefined;
  readonly missingPackages: readonly string[];
  /** What apt would download for them; undefined when it cannot tell without newer package lists. */
  readonly packageBytes: number | undefined;
  /** Container images that would be fetched. */
  readonly fetches: readonly {
    readonly image: string;
    readonly remoteUrl: string;
    readonly bytes: number | undefined;
  }[];
  /** Images by what they are called in `subject`, and whether the cache holds them. */
  readonly images: readonly { readonly subject: string; readonly cached: boolean }[];
}

/** What `lab up` would do, in its order, each with the reason. Pure. */
export function previewSteps(seen: PreviewSeen): PreviewStep[] {
  const { status, inForce, becomes, wanted } = seen;
  const machines = planUp(wanted, status).map(({ machine, action, reason }): PreviewStep => {
    if (action !== 'keep') return { subject: machine, action, reason };
    const change = sizeChange(inForce, becomes, machine);
    return change === undefined
      ? { subject: machine, action: 'nothing', reason }
      : { subject: machine, action: 'change', reason: change };
  });
  const dropped = (inForce?.machines ?? []).filter(({ name }) => !becomes.machines.some((one) => one.name === name));
  return [
    packagesStep(seen),
    ...seen.images.map(({ subject, cached }): PreviewStep =>
      cached
        ? { subject, action: 'nothing', reason: 'the cache holds it' }
        : { subject, action: 'build', reason: 'the cache does not hold it; built from Debian packages' },
    ),
    ...seen.fetches.map(({ image, remoteUrl, bytes }): PreviewStep => ({
      subject: image,
      action: 'fetch',
      reason: `the cache does not hold it; from ${remoteUrl}`,
      ...(bytes === undefined ? {} : { bytes }),
    })),
    ...(seen.resting === undefined
      ? []
      : [
          {
            subject: 'addresses',
            action: 'change',
            reason: `lab ${seen.resting}, which has them and runs no machine, goes down; its disks stay`,
          } as const,
        ]),
    status.up
      ? { subject: 'network', action: 'nothing', reason: 'bridge and services run' }
      : { subject: 'network', action: 'create', reason: 'bridge, registry, artifact server, DNS, RSVP stream' },
    ...dropped.map(({ name }): PreviewStep => ({
      subject: name,
      action: 'change',
      reason: 'it has no disk and is no longer written: left out',
    })),
    ...machines,
  ];
}

function packagesStep({ missingPackages, packageBytes }: PreviewSeen): PreviewStep {
  const subject = 'packages';
  if (missingPackages.length === 0) return { subject, action: 'nothing', reason: 'all are installed' };
  const step: PreviewStep = { subject, action: 'install', reason: `missing: ${missingPackages.join(' ')}` };
  return packageBytes === undefined ? step : { ...step, bytes: packageBytes };
}

function sizeChange(inForce: LabConfig | undefined, becomes: LabConfig, machine: string): string | undefined {
  if (inForce === undefined) return undefined;
  const changes = configChanges(inForce, becomes, []).filter(
    ({ key, appliedBy, machines }) => key.startsWith('$vm_') && appliedBy === 'up' && machines.includes(machine),
  );
  if (changes.length === 0) return undefined;
  return `${listed(changes.map(({ key, written, inForce: has }) => `${key} from ${has} to ${written}`))}, while it runs`;
}
