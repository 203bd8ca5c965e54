import { spawn } from 'node:child_process';
import { LabError } from '../../../errors/lab-error.ts';
import { type FleetMachine, sshTimeoutS } from '../client/fleet-client.ts';
import { readMachineId } from '../daemon/config.ts';
import type { Context } from './context.ts';
import { seconds } from './seconds.ts';

/** Options of every ssh call: a lab's machines come and go, so their host keys are new each time. */
export function sshOptions(context: Pick<Context, 'env' | 'flags'>): string[] {
  const key = context.env['FLEETCTL_SSH_KEY'];
  const strict = context.flags.text('strict-host-key-checking') === 'true';
  const timeout = context.flags.text('ssh-timeout');
  const timeoutS = timeout === undefined ? sshTimeoutS : Math.ceil(seconds('ssh-timeout', timeout));
  return [
    ...(strict ? [] : ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']),
    ...['-o', 'LogLevel=ERROR', '-o', `ConnectTimeout=${timeoutS}`],
    ...(key ? ['-i', key, '-o', 'IdentitiesOnly=yes'] : []),
  ];
}

/**
 * Runs a command on a machine with this terminal: here when it is this machine, else by the system's ssh as `core`.
 * @returns the command's exit code
 */
export function runOnMachine(context: Context, machine: FleetMachine, command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command;
  if (machine.id === readMachineId()) return runHere(program, args);
  if (!machine.primaryIP) {
    throw new LabError({
      code: 'missing.address',
      cause: `machine ${machine.id} has no address`,
      next: 'set FLEET_PUBLIC_IP for fleetd on that machine',
    });
  }
  const user = context.flags.text('ssh-username') ?? 'core';
  const remote = command.map(quote).join(' ');
  const terminal = command.length === 0 && process.stdin.isTTY ? ['-t'] : [];
  return runHere('ssh', [
    ...sshOptions(context),
    ...terminal,
    `${user}@${machine.primaryIP}`,
    ...(remote === '' ? [] : ['--', remote]),
  ]);
}

function runHere(program: string, args: readonly string[]): Promise<number> {
  const shell = program === '' ? (process.env['SHELL'] ?? '/bin/sh') : program;
  return new Promise((resolve, reject) => {
    const child = spawn(shell, [...args], { stdio: 'inherit' });
    child.on('error', (error) =>
      reject(
        new LabError({
          code: 'host.command',
          cause: `cannot run ${shell}: ${error.message}`,
          next: `install ${shell}`,
          error,
        }),
      ),
    );
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 76)));
  });
}

function quote(word: string): string {
  return /^[A-Za-z0-9@%_+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
