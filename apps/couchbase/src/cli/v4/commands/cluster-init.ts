import { formOf } from '../../form.ts';
import { problem, success } from '../../outcome.ts';
import type { Command } from '../command.ts';

const services: Readonly<Record<string, string>> = { data: 'kv', index: 'index', query: 'n1ql' };

/**
 * cluster-init of 4.0: services, then name and password, then memory quota with the new credentials; cluster-edit is the same without the
 * services. Wrong options end with exit code 0, as they did there; a unit file that repeats the command until it exits 0 depends on none
 * of them.
 */
export const clusterInit: Command = async ({ name, rest, target, option }) => {
  const isNew = name === 'cluster-init';
  const ramsize = option('cluster-ramsize');
  const user = option('cluster-username') ?? target.user ?? '';
  const password = option('cluster-password') ?? target.password ?? '';
  if (ramsize === undefined && isNew) return problem(0, 'option cluster-ramsize is not specified');
  if (password.length > 24) return problem(0, 'Password length should not exceed 24 characters');
  const wanted = (option('services') ?? 'data').split(/[,;]/u).map((service) => service.trim());
  const unknown = wanted.find((service) => services[service] === undefined);
  if (unknown !== undefined) return problem(0, `invalid service: ${unknown}`);

  const failure = `unable to init/modify ${target.host}`;
  const setup = { services: wanted.map((service) => services[service]).join(',') };
  const web = { port: option('cluster-port') ?? 'SAME', initStatus: 'done', username: user, password };
  const quotas = formOf({ memoryQuota: ramsize, indexMemoryQuota: option('cluster-index-ramsize') });
  const steps = [
    ...(isNew ? [() => rest.post(target, '/node/controller/setupServices', setup, failure)] : []),
    () => rest.post(target, '/settings/web', web, failure),
    () => rest.post({ ...target, user, password }, '/pools/default', quotas, failure),
  ];
  for (const step of steps) {
    const reply = await step();
    if ('failed' in reply) return reply.failed;
  }
  return success(`init/edit ${target.host}`);
};
