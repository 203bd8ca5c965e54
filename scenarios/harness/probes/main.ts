import { setPriority } from 'node:os';
import { realClock } from './clock.ts';
import { type Prober, startProber } from './prober.ts';
import type { ProcessMessage, RunnerMessage } from './settings.ts';

/**
 * Entry of the probe process: told by its runner over the IPC channel what to ask, tells what must be seen live, writes
 * everything to the samples file. Ends with its runner, whatever became of it.
 */
function main(): void {
  let prober: Prober | undefined;
  let began = { cpu: process.cpuUsage(), atMs: performance.now() };
  const tell = (message: ProcessMessage): void => void process.send?.(message);

  const start = async ({ settings }: Extract<RunnerMessage, { type: 'start' }>): Promise<void> => {
    prober = await startProber(settings, realClock, (event) => tell({ type: 'event', event }));
    began = { cpu: process.cpuUsage(), atMs: performance.now() };
    tell({ type: 'started' });
  };
  const stop = async ({ readBackMs }: Extract<RunnerMessage, { type: 'stop' }>): Promise<void> => {
    const cpuPercent = percentOfOneCore(process.cpuUsage(began.cpu), performance.now() - began.atMs);
    const readBack = (await prober?.stop(readBackMs)) ?? [];
    prober = undefined;
    // The last message must be out before the channel closes.
    process.send?.({ type: 'stopped', readBack, cpuPercent } satisfies ProcessMessage, () => process.exit(0));
  };
  const broken = (error: unknown): void => {
    console.error(error);
    prober?.flush();
    process.exit(70);
  };
  process.on('message', (message: RunnerMessage) => {
    if (message.type === 'start') start(message).catch(broken);
    else stop(message).catch(broken);
  });
  process.on('uncaughtException', broken);
  keepTime();
  // The terminal's Ctrl-C reaches the whole group; the runner decides what it means.
  process.on('SIGINT', () => undefined);
  const end = (): void => {
    prober?.flush();
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('disconnect', end);
}

/** On a busy host the questions shall still be asked on time; without the right to it they are asked as well as can be. */
function keepTime(): void {
  try {
    setPriority(-10);
  } catch {
    // Nothing is lost but punctuality, and `missedSlots` tells that.
  }
}

function percentOfOneCore(cpu: NodeJS.CpuUsage, wallMs: number): number {
  return ((cpu.user + cpu.system) / 1000 / wallMs) * 100;
}

main();
