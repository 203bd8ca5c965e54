import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Puts the stand-in's VBoxManage into a directory, as one program. */
export async function putStandIn(directory: string): Promise<void> {
  const program = join(directory, 'VBoxManage');
  await build({
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    banner: { js: `#!${process.execPath}` },
  });
  await chmod(program, 0o755);
}
