import { basename, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { shellWords } from '#provision/host/shell-word.ts';
import { hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { machineInitPid } from '#provision/machines/cgroup/machine-init.ts';
import { mustHave } from '#errors/must-have.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { exportLines, type ShellKind, shellKinds } from '../shell/export-lines.ts';
import { shellEnvironment } from '../shell/shell-environment.ts';
import { thisCommand } from '../this-command.ts';

/**
 * `lab env [MACHINE]`: lines to be evaluated by a shell, after which any tool finds the lab: fleet and etcd, with a machine also its Docker
 * engine, for Testcontainers too.
 */
export async function env(from: Invocation, machine: string | undefined, options: { shell?: string }): Promise<void> {
  requireRoot();
  const shell = kindOf(options.shell ?? basename(process.env['SHELL'] ?? ''), options.shell !== undefined);
  const lab = await lookAtLab(from);
  const own = shellEnvironment(lab, { repoDir: from.repoDir, node: process.execPath, env: process.env });
  const shared = ['FLEETCTL_ENDPOINT', 'FLEETCTL_SSH_KEY', 'ETCDCTL_ENDPOINT'];
  const variables = Object.fromEntries(shared.map((name) => [name, mustHave(own[name], name)]));
  if (machine !== undefined) Object.assign(variables, await engineVariables(lab, machine));
  const command = thisCommand(process.env, process.argv);
  console.log(
    [
      ...exportLines(variables, shell),
      ...(machine === undefined ? [] : [`# DOCKER_HOST holds until ${machine} boots again.`]),
      shell === 'fish' ? `# To take them: ${command} | source` : `# To take them: eval "$(${command})"`,
    ].join('\n'),
  );
}

/** @throws LabError `usage.value` */
function kindOf(name: string, asked: boolean): ShellKind {
  const kind = shellKinds.find((one) => one === name);
  if (kind !== undefined || !asked) return kind ?? 'bash';
  throw new LabError({
    code: 'usage.value',
    cause: `--shell is one of ${shellKinds.join(', ')}, not ${JSON.stringify(name)}`,
    next: 'lab env --shell bash',
  });
}

/**
 * What Docker's clients go by, and Testcontainers (of any language): it takes a Unix socket's engine for one on this host, whose published
 * ports it would ask at localhost, and no registry here has the image of its reaper.
 * @throws LabError `missing.machine`, `state.machine`, `state.capability`
 */
async function engineVariables(lab: Lab, name: string): Promise<Record<string, string>> {
  const [machine] = lab.machines([name]);
  return {
    DOCKER_HOST: await dockerHost(lab, name),
    TESTCONTAINERS_HOST_OVERRIDE: mustHave(machine, name).address,
    TESTCONTAINERS_RYUK_DISABLED: 'true',
  };
}

/**
 * Where the Docker engine of a machine answers: a container's own socket, through the root directory of its PID 1; a virtual machine's port,
 * where config.rb exposes it.
 * @throws LabError `state.machine`, `state.capability`
 */
async function dockerHost(lab: Lab, name: string): Promise<string> {
  const [machine] = lab.machines([name]);
  const { config, paths } = lab;
  if (config.provider === 'nspawn') {
    const pid = await machineInitPid(await hostHierarchies(), join(paths.cgroup, name));
    if (pid !== undefined) return `unix:///proc/${pid}/root/run/docker.sock`;
    throw new LabError({ code: 'state.machine', cause: `${name} does not run`, next: `lab up ${name}` });
  }
  if (machine !== undefined && config.vagrant.ports.dockerTcp !== undefined) return `tcp://${machine.address}:2375`;
  throw new LabError({
    code: 'state.capability',
    cause: "a virtual machine's Docker can be reached from outside only where config.rb exposes it",
    next: `$expose_docker_tcp = 2375 in config.rb before \`vagrant up\`; or ${shellWords(['lab', 'shell', '-c', 'docker ps'])}`,
  });
}
