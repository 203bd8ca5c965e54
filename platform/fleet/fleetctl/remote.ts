import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { LabError } from '#errors/lab-error.ts';
import { type FleetMachine, sshTimeoutS } from '../client/fleet-client.ts';
import { readMachineId } from '../daemon/config.ts';
import type { Context } from './context.ts';
import { flagSeconds } from './flag-seconds.ts';

/** Options of every ssh call: a lab's machines come and go, so their host keys are new each time. */
export function sshOptions(context: Pick<Context, 'env' | 'flags'>): string[] {
  const key = context.env['FLEETCTL_SSH_KEY'];
  const known = context.flags.text('known-hosts-file');
  const timeout = context.flags.text('ssh-timeout');
  const timeoutS = timeout === undefined ? sshTimeoutS : Math.ceil(flagSeconds('ssh-timeout', timeout));
  const port = context.flags.text('ssh-port');
  const strict = context.flags.on('strict-host-key-checking');
  const hosts = known ?? (strict ? undefined : '/dev/null');
  return [
    // A lab's own key: what the caller's ~/.ssh/config says is about other machines.
    ...(key ? ['-F', '/dev/null', '-i', key, '-o', 'IdentitiesOnly=yes'] : []),
    ...(strict ? [] : ['-o', 'StrictHostKeyChecking=no']),
    ...(hosts === undefined ? [] : ['-o', `UserKnownHostsFile=${hosts}`]),
    ...(port === undefined ? [] : ['-o', `Port=${portNumber(port)}`]),
    '-o',
    'LogLevel=ERROR',
    '-o',
    `ConnectTimeout=${timeoutS}`,
    ...(context.flags.on('forward-agent') ? ['-A'] : []),
  ];
}

function portNumber(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return text;
  throw new LabError({ code: 'usage.flag', cause: `--ssh-port: "${text}" is no port`, next: 'fleetctl help' });
}

/**
 * Runs a line of shell on a machine with this terminal, as sshd does: here when it is this machine, else by the system's ssh as `core`.
 * @param line '' = a login shell
 * @param asUser here, too, be the user whom ssh would log in, as far as root can
 * @returns the command's exit code
 */
export function runOnMachine(context: Context, machine: FleetMachine, line: string, asUser = false): Promise<number> {
  const user = context.flags.text('ssh-username') ?? 'core';
  if (machine.id === readMachineId()) {
    const { program, args, cwd } = localShell(line, asUser ? user : undefined);
    return runHere(program, args, cwd);
  }
  if (!machine.primaryIP) {
    throw new LabError({
      code: 'missing.address',
      cause: `machine ${machine.id} has no address`,
      next: 'set FLEET_PUBLIC_IP for fleetd on that machine',
    });
  }
  const terminal = line === '' && process.stdin.isTTY ? ['-t'] : [];
  const login = `${user}@${machine.primaryIP}`;
  return runHere('ssh', [...sshOptions(context), ...terminal, login, ...(line === '' ? [] : ['--', line])]);
}

/** The shell that sshd would start for the line: the user's own, in the home directory. Only root can be another user. */
export function localShell(
  line: string,
  user: string | undefined,
  self: { uid: number; username: string; shell: string | null; homedir: string } = userInfo(),
): { program: string; args: string[]; cwd: string | undefined } {
  const other = user === undefined || user === self.username || self.uid !== 0 ? undefined : passwdEntry(user);
  const shell = other?.shell ?? self.shell ?? '/bin/sh';
  const words = line === '' ? ['-l'] : ['-c', line];
  if (other === undefined) return { program: shell, args: words, cwd: user === undefined ? undefined : self.homedir };
  const home = [`HOME=${other.home}`, `USER=${other.name}`, `LOGNAME=${other.name}`, `SHELL=${shell}`];
  return {
    program: 'runuser',
    args: ['-u', other.name, '--', 'env', ...home, shell, ...words],
    cwd: other.home,
  };
}

function passwdEntry(user: string): { name: string; home: string; shell: string } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [name, , , , , home, shell] = line?.split(':') ?? [];
  return name === undefined || !home || !shell ? undefined : { name, home, shell };
}

/** Words that a program is called with, as a line of shell that calls it so. */
export function shellLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

function runHere(program: string, args: readonly string[], cwd?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: 'inherit', cwd });
    child.on('error', (error) =>
      reject(
        new LabError({
          code: 'host.command',
          cause: `cannot run ${program}: ${error.message}`,
          next: `install ${program}`,
          error,
        }),
      ),
    );
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 255)));
  });
}

function quote(word: string): string {
  return /^[A-Za-z0-9@%_+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
