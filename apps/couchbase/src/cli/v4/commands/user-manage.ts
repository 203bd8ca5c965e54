import * as z from 'zod/mini';
import { formOf } from '../../form.ts';
import { problem, success } from '../../outcome.ts';
import type { Command } from '../command.ts';

/** user-manage of 4.0: the one read-only user there was. */
export const userManage: Command = async ({ rest, target, option }) => {
  const existing = () => rest.get(target, '/settings/readOnlyAdminName', z.string(), 'not any read only user defined');
  if (option('list') !== undefined) {
    const found = await existing();
    return 'failed' in found ? found.failed : { code: 0, lines: [found.value] };
  }
  if (option('delete') !== undefined) {
    const reply = await rest.delete(target, '/settings/readOnlyUser', 'unable to delete readOnly user');
    return 'failed' in reply ? reply.failed : success('readOnly user deleted');
  }
  if (option('set') === undefined) return { code: 0, lines: [] };
  const found = await existing();
  if ('value' in found)
    return problem(0, `readonly user ${found.value} exist already. Delete it before creating a new one`);
  const form = formOf({ username: option('ro-username'), password: option('ro-password') });
  const reply = await rest.post(target, '/settings/readOnlyUser', form, 'fail to create readOnly user');
  return 'failed' in reply ? reply.failed : success('readOnly user created');
};
