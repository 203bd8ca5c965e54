import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LabError } from '#errors/lab-error.ts';
import type { FirstUse } from './use-couchbase.ts';

/** A client of Couchbase that waits to be told where it is. */
export interface FirstUseProcess {
  /**
   * Connects, writes, asks the view.
   * @returns wall-clock ms of each step
   * @throws LabError `timeout.couchbase` when the SDK did not get through in time, `command.first-use` when its process ended
   */
  use(connectionString: string): Promise<Readonly<Record<FirstUse, number>>>;
  stop(): void;
}

/** Starts the bundled client and waits until the SDK is loaded, so that loading it is not measured. */
export async function startFirstUse(bundle: string, deadlineMs: number): Promise<FirstUseProcess> {
  const child = spawn(process.execPath, [bundle, String(deadlineMs)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2_000)));
  // A process that is gone shows by the end of its lines.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<{ step: string; wallMs: number; error?: string }> => {
    const line = await lines.next();
    if (line.done !== true) return JSON.parse(line.value) as { step: string; wallMs: number; error?: string };
    throw new LabError({
      code: 'command.first-use',
      cause: `the process with Couchbase's SDK ended (${child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`})`,
      evidence: complaint.split('\n').filter(Boolean).slice(-10),
      next: 'npm ci, then run the scenario again',
    });
  };
  await next();
  return {
    use: async (connectionString) => {
      child.stdin.write(`${connectionString}\n`);
      const seen: Record<string, number> = {};
      while (seen['row'] === undefined) {
        const { step, wallMs, error } = await next();
        if (step === 'failed') throw unanswered(connectionString, deadlineMs, error ?? 'no reason given');
        seen[step] = wallMs;
      }
      return seen as Record<FirstUse, number>;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function unanswered(connectionString: string, deadlineMs: number, error: string): LabError {
  return new LabError({
    code: 'timeout.couchbase',
    cause: `${connectionString} could not be written and queried within ${deadlineMs / 1000} s`,
    evidence: [error],
    next: 'lab fleetctl journal couchbase@1',
  });
}
