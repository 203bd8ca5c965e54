import { formOf } from '../../form.ts';
import { problem, success } from '../../outcome.ts';
import type { Command } from '../command.ts';
import { threads } from './bucket-create.ts';

/** bucket-edit of 4.0: what is not named stays. */
export const bucketEdit: Command = async ({ rest, target, option }) => {
  const name = option('bucket') ?? '';
  if (name === '') return problem(2, 'option bucket is not specified');
  const form = formOf({
    ramQuotaMB: option('bucket-ramsize'),
    replicaNumber: option('bucket-replica'),
    saslPassword: option('bucket-password'),
    evictionPolicy: option('bucket-eviction-policy'),
    threadsNumber: threads(option('bucket-priority')),
    flushEnabled: option('enable-flush'),
    replicaIndex: option('enable-index-replica'),
  });
  const path = `/pools/default/buckets/${encodeURIComponent(name)}`;
  const reply = await rest.post(target, path, form, 'unable to bucket-edit');
  return 'failed' in reply ? reply.failed : success('bucket-edit');
};
