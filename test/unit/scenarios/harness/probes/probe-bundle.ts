import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type OnProbeEvent, type ProbeProcess, startProbeProcess } from '#scenarios/harness/probes/probe-process.ts';
import type { ProbeSettings } from '#scenarios/harness/probes/settings.ts';

const root = join(import.meta.dirname, '../../../../..');

/** The probe process as `lab` starts it, bundled into a directory from which the repository's dependencies are found. */
export async function probeBundle(): Promise<{
  dir: string;
  start(settings: Partial<ProbeSettings>, onEvent?: OnProbeEvent): Promise<ProbeProcess>;
  remove(): Promise<void>;
}> {
  const dir = await mkdtemp(join(root, 'node_modules/.probes-'));
  const bundle = join(dir, 'probes.mjs');
  await build({
    entryPoints: [join(root, 'scenarios/harness/probes/main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  let count = 0;
  return {
    dir,
    start: (settings, onEvent = () => undefined) => {
      count += 1;
      return startProbeProcess(bundle, onEvent, {
        probes: [],
        runId: `test-${count}`,
        samplesFile: join(dir, `samples-${count}.ndjson`),
        hostLink: 'lo',
        periodMs: 50,
        deadlineMs: 1_000,
        pages: [],
        etcd: [],
        ...settings,
      });
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Waits until `check` gives something. Throws after `deadlineMs` naming what was awaited. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 60_000,
): Promise<T> {
  for (const endAt = performance.now() + deadlineMs; performance.now() < endAt;) {
    const found = await check();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`);
}
