import type { Command } from '../command.ts';
import { problem, success } from '../outcome.ts';

const services: Readonly<Record<string, string>> = { data: 'kv', index: 'index', query: 'n1ql' };

/**
 * cluster-init of 4.0: services, then name and password, then memory quota with the new credentials.
 * Wrong options end with exit code 0, as they did there; a unit file that repeats the command until it exits 0 depends on none of them.
 */
export const clusterInit: Command = async ({ rest, target, option }) => {
  const ramsize = option('cluster-ramsize');
  const user = option('cluster-username') ?? target.user ?? '';
  const password = option('cluster-password') ?? target.password ?? '';
  if (ramsize === undefined) return problem(0, 'option cluster-ramsize is not specified');
  if (password.length > 24) return problem(0, 'Password length should not exceed 24 characters');
  const wanted = (option('services') ?? 'data').split(/[,;]/u).map((name) => name.trim());
  const unknown = wanted.find((name) => services[name] === undefined);
  if (unknown !== undefined) return problem(0, `invalid service: ${unknown}`);

  const failure = `unable to init/modify ${target.host}`;
  const setup = { services: wanted.map((name) => services[name]).join(',') };
  const web = { port: option('cluster-port') ?? 'SAME', initStatus: 'done', username: user, password };
  const steps = [
    () => rest.post(target, '/node/controller/setupServices', setup, failure),
    () => rest.post(target, '/settings/web', web, failure),
    () => rest.post({ ...target, user, password }, '/pools/default', { memoryQuota: ramsize }, failure),
  ];
  for (const step of steps) {
    const reply = await step();
    if ('failed' in reply) return reply.failed;
  }
  return success(`init/edit ${target.host}`);
};
