import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { FirstUse } from './use-couchbase.ts';

/** A line of the client, as main.ts prints it. */
const toldForm = z.discriminatedUnion('step', [
  z.object({ step: z.enum(['ready', 'connected', 'written', 'row']), wallMs: z.number() }),
  z.object({ step: z.literal('failed'), wallMs: z.number(), error: z.string() }),
]);
type Told = z.output<typeof toldForm>;

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
  const next = async (): Promise<Told> => {
    const line = await lines.next();
    if (line.done !== true) return toldForm.parse(JSON.parse(line.value));
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
      const momentOf = async (step: FirstUse): Promise<number> => {
        const told = await next();
        if (told.step === 'failed') throw unanswered(connectionString, deadlineMs, told.error);
        if (told.step !== step) throw new Error(`the client tells ${told.step} where ${step} comes next`);
        return told.wallMs;
      };
      return { connected: await momentOf('connected'), written: await momentOf('written'), row: await momentOf('row') };
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function unanswered(connectionString: string, deadlineMs: number, error: string): LabError {
  return new LabError({
    code: 'timeout.couchbase',
    cause: `${connectionString} could not be written and queried within ${statedSeconds(deadlineMs)}`,
    evidence: [error],
    next: 'lab fleetctl journal couchbase@1',
  });
}
