import { formOf } from '../../form.ts';
import { problem, success, type Outcome } from '../../outcome.ts';
import type { Command, CommandContext } from '../command.ts';

/** setting-cluster of 4.0: quotas. */
export const settingCluster: Command = (context) => {
  const form = formOf({
    memoryQuota: context.option('cluster-ramsize'),
    indexMemoryQuota: context.option('cluster-index-ramsize'),
  });
  if (Object.keys(form).length === 0) return Promise.resolve({ code: 0, lines: ['Error: No parameters specified'] });
  return set(context, '/pools/default', form, ['unable to set cluster configurations', 'set cluster settings']);
};

/** setting-autofailover of 4.0. A time below 30 s is refused here, with exit code 0. */
export const settingAutofailover: Command = (context) => {
  const timeout = context.option('auto-failover-timeout');
  if (timeout !== undefined && !(Number(timeout) >= 30))
    return Promise.resolve(problem(0, 'Timeout value must be larger than 30 second.'));
  const form = formOf({ timeout, enabled: switched(context.option('enable-auto-failover')) });
  const words = ['unable to set auto failover settings', 'set auto failover settings'] as const;
  return set(context, '/settings/autoFailover', form, words);
};

/** setting-notification of 4.0. */
export const settingNotification: Command = (context) => {
  const form = formOf({ sendStats: switched(context.option('enable-notification')) });
  const words = ['unable to set notification settings', 'set notification settings'] as const;
  return set(context, '/settings/stats', form, words);
};

function switched(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return text === '1' ? 'true' : 'false';
}

async function set(
  { rest, target }: CommandContext,
  path: string,
  form: Readonly<Record<string, string>>,
  [failure, done]: readonly [failure: string, done: string],
): Promise<Outcome> {
  const reply = await rest.post(target, path, form, failure);
  return 'failed' in reply ? reply.failed : success(done);
}
