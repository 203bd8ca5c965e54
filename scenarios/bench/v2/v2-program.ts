import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { mustHave } from '#errors/must-have.ts';
import { freePorts } from '../fleet/free-ports.ts';

/** The v2 API of a machine as a process of its own. */
export interface V2Program {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * @param program path of the bundle etcd-v2.cjs @param etcd URL of the member that it answers from
 * @throws LabError `timeout.condition` when it does not answer
 */
export async function startV2Program(program: string, etcd: string): Promise<V2Program> {
  const [port = 0] = await freePorts(1);
  const place = `127.0.0.1:${port}`;
  const child = spawn(process.execPath, [program, '--etcd', etcd, '--listen', place], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  };
  try {
    await waitUntil({
      condition: `etcd-v2 answers at ${place}`,
      deadlineMs: 60_000,
      everyMs: 50,
      next: 'npm run build',
      check: () => answers(`http://${place}/v2/keys`),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: mustHave(child.pid, 'process of etcd-v2'), port, stop };
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}
