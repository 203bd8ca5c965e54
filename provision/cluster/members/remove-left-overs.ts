import type { LabConfig } from '../../config/lab-config.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import { removeMember } from './change-members.ts';
import { leftOverMembers, nameOf } from './left-over-members.ts';
import { lookAtMembers } from './look-at-members.ts';

/**
 * Takes members out of etcd that no machine of the lab belongs to. Only while there is a quorum, which then needs fewer.
 * @param addresses of machines that run
 * @throws LabError `timeout.condition`
 */
export async function removeLeftOvers(config: LabConfig, addresses: readonly string[], on: OnLabEvent): Promise<void> {
  const { machines, network, stretch, timers } = config;
  const view = await lookAtMembers(addresses, stretch);
  if (view?.quorum !== true) return;
  const withinMs = timers.readyDeadlineMs;
  for (const member of leftOverMembers(view.members, machines, network.cidr)) {
    const detail = 'remove it: it is no machine of this lab';
    await inPhase(on, { subject: nameOf(member), phase: 'old etcd member', detail, deadlineMs: withinMs }, () =>
      removeMember(member.id, { addresses, withinMs, stretch }),
    );
  }
}
