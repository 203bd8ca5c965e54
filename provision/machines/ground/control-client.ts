import { request } from 'node:http';
import { type ErrorCode, LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';

const graceMs = 5_000;

/**
 * One call to the supervisor's control API.
 * @param deadlineMs the work's own deadline; the call itself is given a little more
 * @throws LabError `state.supervisor` when nobody listens, `timeout.control`, or the supervisor's own error
 */
export async function callSupervisor<T>(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  body: unknown,
  deadlineMs: number,
): Promise<T> {
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    // A connection kept from an earlier call may be closed by the other side at this very moment: each call has its own.
    const call = request({ socketPath, method, path, agent: false, timeout: deadlineMs + graceMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => reject(gone(error)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    call.on('timeout', () => call.destroy(timeoutError(path, deadlineMs)));
    call.on('error', (error) => reject(error instanceof LabError ? error : gone(error)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const value: unknown = parse(text);
  if (status === 200) return value as T;
  const failure = value as { code: ErrorCode; cause: string; evidence: string[]; next: string };
  throw new LabError(failure);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw gone(error);
  }
}

function timeoutError(path: string, deadlineMs: number): LabError {
  return new LabError({
    code: 'timeout.control',
    cause: `the lab's supervisor did not answer ${path} within ${statedSeconds(deadlineMs + graceMs)}`,
    next: 'lab status',
  });
}

function gone(error: unknown): LabError {
  return new LabError({
    code: 'state.supervisor',
    cause: "the lab's supervisor does not run",
    next: 'lab up',
    error,
    evidence: error instanceof Error ? [error.message] : [],
  });
}
