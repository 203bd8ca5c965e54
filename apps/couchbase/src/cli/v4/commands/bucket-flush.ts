import { problem, success } from '../../outcome.ts';
import type { Command } from '../command.ts';

/** bucket-flush of 4.0: asks first, unless it is forced. Whoever does not say yes has nothing flushed, and exit code 0. */
export const bucketFlush: Command = async ({ rest, target, option, surroundings }) => {
  const name = option('bucket') ?? '';
  if (name === '') return problem(2, 'option bucket is not specified');
  if (option('force') === undefined) {
    const question =
      'Running this command will totally PURGE database data from disk.Do you really want to do it? (Yes/No)';
    const answer = await surroundings.ask(question);
    if (answer !== 'Yes' && answer !== 'yes' && answer !== 'Y' && answer !== 'y') return { code: 0, lines: [] };
  }
  const path = `/pools/default/buckets/${encodeURIComponent(name)}/controller/doFlush`;
  const reply = await rest.order(target, path, 'unable to bucket-flush');
  return 'failed' in reply ? reply.failed : success('bucket-flush');
};
