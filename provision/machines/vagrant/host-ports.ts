import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import type { ForwardedPort } from '../../config/forwarded-ports.ts';
import type { MachineStatus } from '../machine-provider.ts';
import { killIfThere } from '../ground/kill-if-there.ts';

/** Which machines' ports must be free: of a lab without machines all, because Vagrant asks for one after another. Pure. */
export function toBeBooted(machines: readonly MachineStatus[], wanted: readonly string[]): string[] {
  const isNew = machines.every(({ state }) => state === 'absent');
  return machines
    .filter(({ name, state }) => state !== 'running' && (isNew || wanted.includes(name)))
    .map(({ name }) => name);
}

/**
 * Refuses to boot a machine whose ports on the host somebody else has: Vagrant would boot it and say nothing.
 * @throws LabError `busy.port` with who it is
 */
export async function refuseTakenPorts(machine: string, ports: readonly ForwardedPort[]): Promise<void> {
  for (const { guest, host, hostAddress } of ports) {
    if (await isFree(host, hostAddress ?? '0.0.0.0')) continue;
    const { stdout } = await execa('ss', ['-Hltnp', `sport = :${host}`], { reject: false });
    const [, program, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(stdout) ?? [];
    const holder = program === undefined ? 'another program' : `${program} (process ${pid ?? ''})`;
    throw new LabError({
      code: 'busy.port',
      cause: `port ${host} of this host, for port ${guest} of ${machine}, is taken by ${holder}`,
      next: 'end that program, or choose another port in $forwarded_ports or $expose_docker_tcp of config.rb',
    });
  }
}

async function isFree(port: number, address: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Ends the `ssh -L` by which vagrant-libvirt forwards a machine's ports. It does so itself at `vagrant halt` and `destroy`;
 * a guest that ends in another way leaves them listening, and the next `vagrant up` could not forward.
 * @param dataDir where Vagrant keeps what it knows of the machine; `pids/ssh_PORT.pid` there
 */
export async function endForwards(dataDir: string): Promise<void> {
  const dir = join(dataDir, 'pids');
  for (const name of await readdir(dir).catch(() => [])) {
    if (!/^ssh_\d+\.pid$/.test(name)) continue;
    const pid = Number(await readFile(join(dir, name), 'utf8').catch(() => '0'));
    // A process of that number that is something else by now is not touched.
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (words[0] === 'ssh' && words.includes('-L')) killIfThere(pid, 'SIGTERM');
    await rm(join(dir, name), { force: true });
  }
}
