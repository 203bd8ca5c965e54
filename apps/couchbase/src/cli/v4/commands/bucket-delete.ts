import type { Command } from '../command.ts';
import { problem, success } from '../../outcome.ts';

/** bucket-delete of 4.0. */
export const bucketDelete: Command = async ({ rest, target, option }) => {
  const name = option('bucket') ?? '';
  if (name === '') return problem(2, 'option bucket is not specified');
  const reply = await rest.delete(
    target,
    `/pools/default/buckets/${encodeURIComponent(name)}`,
    'unable to bucket-delete',
  );
  return 'failed' in reply ? reply.failed : success('bucket-delete');
};
