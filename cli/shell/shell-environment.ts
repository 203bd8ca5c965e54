import { join } from 'node:path';
import { clientUrl } from '#platform/etcd/ports.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { fleetApi } from '#provision/cluster/parts/fleet-api.ts';
import { fleetctlEnvironment } from '#scenarios/harness/context/fleetctl-environment.ts';
import { connectTimeoutS } from '../ssh-arguments.ts';
import { withoutShell } from './leave-shell.ts';

/** Where the programs of `lab shell` lie in a checkout. */
export function shellHome(repoDir: string): string {
  return join(repoDir, 'cli/shell');
}

/**
 * What `lab shell` adds to its environment: the chapter's programs first in PATH, the lab's addresses under the names that fleetctl and
 * etcdctl know, and in LAB_SHELL_* what the programs in cli/shell read. Pure.
 * @param from the checkout that is asked, the program that runs Node, and the caller's environment
 */
export function shellEnvironment(
  lab: Pick<Lab, 'config' | 'paths' | 'repoDir' | 'configDir'>,
  from: { readonly repoDir: string; readonly node: string; readonly env: NodeJS.ProcessEnv },
): NodeJS.ProcessEnv {
  const { config, paths, configDir } = lab;
  const { repoDir, node, env } = from;
  const home = shellHome(repoDir);
  const fleetctl = fleetctlEnvironment(lab, config.machines, withoutShell(env));
  const etcd = config.machines.map(({ address }) => clientUrl(address)).join(',');
  return {
    ...fleetctl,
    PATH: [join(home, 'programs'), fleetctl['PATH']].filter(Boolean).join(':'),
    // Where it is the checkout itself, errors need not say it.
    ...(configDir === lab.repoDir ? {} : { LAB_CONFIG_DIR: configDir }),
    ETCDCTL_ENDPOINT: etcd,
    LAB_SHELL_HOME: home,
    LAB_SHELL_ROOT: repoDir,
    LAB_SHELL_NODE: node,
    LAB_SHELL_NAME: config.name,
    LAB_SHELL_STATE: paths.stateDir,
    LAB_SHELL_MACHINES: config.machines.map(({ name, address }) => `${name}=${address}`).join(' '),
    LAB_SHELL_FLEET: fleetctl['FLEETCTL_ENDPOINT'],
    LAB_SHELL_FLEET_PORT: String(config.ports.fleetApi),
    LAB_SHELL_FLEET_SCHEME: new URL(fleetApi(config).urlOf('localhost')).protocol.replace(':', ''),
    LAB_SHELL_ETCD: etcd,
    LAB_SHELL_REGISTRY: `${config.network.bridgeAddress}:${config.ports.registry}`,
    LAB_SHELL_CONNECT_S: String(connectTimeoutS(config)),
  };
}
