import { formOf } from '../../form.ts';
import { success } from '../../outcome.ts';
import type { Command } from '../command.ts';

/** node-init of 4.0: directories, which a node without a disk takes and does not use, and the node's name. */
export const nodeInit: Command = async ({ rest, target, option }) => {
  const paths = formOf({ path: option('node-init-data-path'), index_path: option('node-init-index-path') });
  const failure = `unable to init ${target.host}`;
  const first = await rest.post(target, '/nodes/self/controller/settings', paths, failure);
  if ('failed' in first) return first.failed;
  const hostname = option('node-init-hostname');
  if (hostname === undefined) return success(`init ${target.host}`);
  const named = await rest.post(
    target,
    '/node/controller/rename',
    { hostname },
    `unable to set hostname for ${target.host}`,
  );
  return 'failed' in named ? named.failed : success(`set hostname for ${target.host}`);
};
