import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { memberPort } from '#platform/etcd/ports.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { pagePort } from '../context/ports.ts';
import type { ReadBack } from '../record/run-record.ts';
import { usualRate } from './probe-timers.ts';
import type { ProbeName } from '../record/sample.ts';
import type { ProbeEvent, ProbeSettings, ProcessMessage, RunnerMessage } from './settings.ts';

/** `stretch` times as long on a host that is as much slower. */
const startDeadlineMs = 30_000;
/** For reading back what was stored, and for ending, ms; the same. */
const readBackMs = 60_000;
const endGraceMs = 5_000;
/** A young generation (MB) that what is asked in ten seconds fits into: V8 would let it shrink, and collect every second. */
const heap = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/** The probes of a run, in a process of their own. */
export interface ProbeProcess {
  readonly pid: number;
  /** Where each question and answer is a line. */
  readonly samplesFile: string;
  /**
   * Ends the questions and reads back what was acknowledged. A process that died already answers with no read-back
   * (its `probe-ended` events said so); it never rejects.
   */
  stop(): Promise<{ readBack: readonly ReadBack[]; cpuPercent: number }>;
}

/** Told what happened to a probe or a page; the event's wall clock is that of the happening, which may be a while ago. */
export type OnProbeEvent = (event: ProbeEvent) => void;

/**
 * Starts the probe process and resolves when it asks. It ends with this process.
 * @throws LabError `command.probes` when it cannot be started
 */
export async function startProbes(options: {
  readonly lab: Pick<Lab, 'config' | 'paths' | 'repoDir'>;
  readonly probes: readonly ProbeName[];
  readonly runDir: string;
  readonly runId: string;
  readonly onEvent: OnProbeEvent;
  /** Questions a second of each probe; to machines that are `stretch` times slower `stretch * stretch` times fewer. */
  readonly rate?: number;
}): Promise<ProbeProcess> {
  const { lab, probes, runDir, runId, onEvent, rate = usualRate } = options;
  const { stretch, network } = lab.config;
  const machines = lab.config.machines.map(({ name, address }) => ({ machine: name, host: address }));
  const settings: ProbeSettings = {
    probes,
    runId,
    samplesFile: join(runDir, 'samples.ndjson'),
    hostLink: lab.paths.hostLink,
    // A page that takes a container 5 ms keeps an emulated guest busy for a good part of a second, beside all else that it is late with.
    periodMs: (1000 / rate) * stretch ** 2,
    deadlineMs: 1_000 * stretch,
    flannelCidr: network.flannelCidr,
    pages: machines.map((machine) => ({ ...machine, port: pagePort })),
    etcd: machines.map((machine) => ({ ...machine, port: memberPort })),
  };
  return startProbeProcess(join(lab.repoDir, 'dist/cli/probes.js'), onEvent, settings, stretch);
}

/** The same for any settings, e.g. servers of a test. */
export async function startProbeProcess(
  bundle: string,
  onEvent: OnProbeEvent,
  settings: ProbeSettings,
  stretch = 1,
): Promise<ProbeProcess> {
  const startMs = startDeadlineMs * stretch;
  const backMs = readBackMs * stretch;
  const child = spawn(process.execPath, [...heap, bundle], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lastWords: string[] = [];
  child.stderr?.on('data', (text: Buffer) => {
    lastWords.push(...text.toString().split('\n').filter(Boolean));
    lastWords.splice(0, lastWords.length - 10);
  });
  const open = new Set(settings.probes);
  const result = { readBack: [] as readonly ReadBack[], cpuPercent: 0 };
  const started = new Promise<void>((resolve, reject) => {
    child.on('message', (message: ProcessMessage) => {
      if (message.type === 'started') resolve();
      if (message.type === 'stopped') Object.assign(result, message);
      if (message.type !== 'event') return;
      const { event } = message;
      if (event.type === 'probe-ended') open.delete(event.data.probe);
      onEvent(event);
    });
    child.once('error', (error) => reject(startError(error.message, lastWords)));
    child.once('close', (code, signal) => {
      const how = `the probe process ended (${signal ?? `exit code ${code ?? '?'}`})`;
      for (const probe of open) onEvent({ type: 'probe-ended', wallMs: Date.now(), data: { probe, error: how } });
      reject(startError(how, lastWords));
    });
  });
  tell(child, { type: 'start', settings });
  await within(started, startMs, () => {
    child.kill('SIGKILL');
    return startError(`the probes did not start within ${startMs / 1000} s`, lastWords);
  });
  return {
    pid: child.pid ?? 0,
    samplesFile: settings.samplesFile,
    stop: async () => {
      tell(child, { type: 'stop', readBackMs: backMs });
      const stuck = setTimeout(() => child.kill('SIGKILL'), settings.deadlineMs + backMs + endGraceMs);
      await ended;
      clearTimeout(stuck);
      return { readBack: result.readBack, cpuPercent: result.cpuPercent };
    },
  };
}

function tell(child: ChildProcess, message: RunnerMessage): void {
  // A process that has just died is told of by its `close`, not by this.
  if (child.connected) child.send(message, () => undefined);
}

async function within(promise: Promise<void>, ms: number, late: () => LabError): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(late()), ms)));
  await Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
}

function startError(cause: string, evidence: readonly string[]): LabError {
  return new LabError({ code: 'command.probes', cause, evidence, next: 'npm run build, then run the scenario again' });
}
