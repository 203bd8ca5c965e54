import { LabError } from '../../errors/lab-error.ts';
import { readPrefix } from '../../provision/cluster/etcd-range.ts';

/**
 * All discovery keys, from the first etcd member that answers.
 * @throws LabError `timeout.etcd` when none does
 */
export async function discoveryKeys(addresses: readonly string[], deadlineMs: number): Promise<Record<string, string>> {
  const pairs = await readPrefix(addresses, '/services/', deadlineMs);
  if (pairs === undefined)
    throw new LabError({ code: 'timeout.etcd', cause: 'no etcd member answers', next: 'lab status' });
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
