import { createSocket, type Socket } from 'node:dgram';
import { LabError } from '#errors/lab-error.ts';
import type { MachineConfig } from '#provision/config/lab-config.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import { realClock } from './clock.ts';

const port = 17_123;
const linesEach = 20;
const everyMs = 25;
const deadlineMs = 10_000;

/** How far this process's clock and the journals of the machines are apart. */
export interface ClockError {
  /** The largest of the machines' medians, ms: what a time taken from a journal is usually off by. */
  readonly worstMs: number;
  readonly machines: readonly MachineClockError[];
}

/**
 * Journal time minus this process's time, ms. It holds the difference of the clocks and the way of a line into the journal:
 * a packet through the lab's network, a wake-up of a process on the machine, journald's stamp. So the least is an upper
 * bound of the clocks' difference, and on a busy host the rest is waiting for a CPU.
 */
export interface MachineClockError {
  readonly machine: string;
  readonly leastMs: number;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly lines: number;
}

/** `<port> <ms until it ends by itself>`: writes what it is sent into the journal at once, then says so. */
const listener = `
const { writeSync } = require('node:fs');
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (line, from) => { writeSync(1, line + '\\n'); socket.send(line, from.port, from.address); });
socket.bind(Number(process.argv[1]));
setTimeout(() => process.exit(0), Number(process.argv[2]));
`;

/**
 * Writes lines with this process's clock into each machine's journal and compares them with the journal's own times.
 * @param readJournal the journal lines of this unit on this machine
 * @param stretch how much slower than a container a machine is: an emulated one takes seconds to start the listener
 * @throws LabError `command.clock` when the machine cannot run the listener, `timeout.clock` when lines do not arrive
 */
export async function measureClockError(
  provider: Pick<MachineProvider, 'exec'>,
  machines: readonly Pick<MachineConfig, 'name' | 'address'>[],
  readJournal: (machine: string, unit: string) => Promise<readonly { wallMs: number; message: string }[]>,
  stretch: number,
): Promise<ClockError> {
  const limitMs = deadlineMs * stretch;
  const unit = `lab-clock-${Date.now().toString(36)}.service`;
  const measured: MachineClockError[] = [];
  // One after another: each is measured on a machine that does not wait for its neighbour.
  for (const { name, address } of machines) {
    const run = [
      'systemd-run',
      '--quiet',
      '--collect',
      `--unit=${unit}`,
      '/usr/bin/node',
      '-e',
      listener,
      String(port),
      String(2 * limitMs),
    ];
    const started = await provider.exec(name, run);
    if (started.exitCode !== 0) throw notStarted(name, started.stderr);
    await sendLines(address, limitMs);
    await provider.exec(name, ['systemctl', 'stop', unit]);
    const lines = await inJournal(name, () => readJournal(name, unit), limitMs);
    measured.push(clockErrorOf(name, lines));
  }
  return { worstMs: Math.max(0, ...measured.map(({ medianMs }) => Math.abs(medianMs))), machines: measured };
}

/** Lines are `clock <ms since the epoch>`. Pure. */
export function clockErrorOf(
  machine: string,
  lines: readonly { wallMs: number; message: string }[],
): MachineClockError {
  const errors = lines
    .flatMap(({ wallMs, message }) => {
      const sent = /^clock ([\d.]+)$/.exec(message)?.[1];
      return sent === undefined ? [] : [wallMs - Number(sent)];
    })
    .sort((a, b) => Math.abs(a) - Math.abs(b));
  const [leastMs = 0, medianMs = 0, worstMs = 0] = [0, Math.floor(errors.length / 2), errors.length - 1].map(
    (index) => errors[index] ?? 0,
  );
  return { machine, leastMs, medianMs, worstMs, lines: errors.length };
}

/** Sends until so many lines are acknowledged; those sent before the listener was there are lost. */
async function sendLines(address: string, limitMs: number): Promise<void> {
  const socket = createSocket('udp4');
  const endAt = realClock.now() + limitMs;
  let acknowledged = 0;
  socket.on('message', () => (acknowledged += 1));
  // A machine that does not listen yet answers with ICMP "port unreachable".
  socket.on('error', () => undefined);
  try {
    while (acknowledged < linesEach) {
      if (realClock.now() > endAt) throw late(`${acknowledged} of ${linesEach} lines were acknowledged by ${address}`);
      await send(socket, address);
      await new Promise<void>((resolve) => void realClock.after(everyMs, resolve));
    }
  } finally {
    socket.close();
  }
}

function send(socket: Socket, address: string): Promise<void> {
  const line = `clock ${(performance.timeOrigin + performance.now()).toFixed(3)}`;
  return new Promise((resolve) => socket.send(line, port, address, () => resolve()));
}

async function inJournal<T>(
  machine: string,
  read: () => Promise<readonly T[]>,
  limitMs: number,
): Promise<readonly T[]> {
  for (const endAt = realClock.now() + limitMs; ;) {
    const lines = await read();
    if (lines.length >= linesEach) return lines;
    if (realClock.now() > endAt) throw late(`${lines.length} of ${linesEach} lines are in the journal of ${machine}`);
    await new Promise<void>((resolve) => void realClock.after(100, resolve));
  }
}

function late(cause: string): LabError {
  return new LabError({ code: 'timeout.clock', cause: `clock error: ${cause}`, next: 'lab status' });
}

function notStarted(machine: string, stderr: string): LabError {
  return new LabError({
    code: 'command.clock',
    cause: `${machine} cannot run the listener that measures its clock`,
    evidence: stderr.split('\n').filter(Boolean),
    next: `lab ssh ${machine} systemctl status`,
  });
}
