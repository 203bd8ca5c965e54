import { join } from 'node:path';
import type { Lab } from '#provision/cluster/lab.ts';

/** For the connection and the server's first words, on machines that are not slow, seconds. */
const connectS = 10;

/** ssh_config(5), ConnectTimeout: whole seconds. Pure. */
export function connectTimeoutS({ stretch }: Pick<Lab['config'], 'stretch'>): number {
  return Math.ceil(connectS * stretch);
}

/** What ssh is called with for a machine of the lab, up to where a command may follow. */
export function sshArguments(lab: Pick<Lab, 'config' | 'paths'>, machine: { readonly address: string }): string[] {
  return [...sshOptions(lab), `core@${machine.address}`];
}

/** What ssh and scp are called with, whatever machine is meant. */
export function sshOptions(lab: Pick<Lab, 'config' | 'paths'>): string[] {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
    `ConnectTimeout=${connectTimeoutS(lab.config)}`,
  ];
  return [
    // What the caller's ~/.ssh/config says is about other machines.
    '-F',
    '/dev/null',
    ...options.flatMap((option) => ['-o', option]),
    '-i',
    join(lab.paths.keysDir, 'id_ed25519'),
  ];
}
