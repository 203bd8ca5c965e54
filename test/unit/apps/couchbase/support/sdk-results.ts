import { join } from 'node:path';
import { expect } from 'vitest';
import { runNode } from './process.ts';

/** Command line of the scenarios of the official SDK, up to the port. */
export const sdkScript = ['--import', 'tsx', join(import.meta.dirname, 'sdk-script.ts')];

/** Runs a scenario of the official SDK in a process of its own, and gives what each of its steps gave. */
export async function sdkResults(kvPort: number, scenario: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runNode([...sdkScript, String(kvPort), scenario]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}
