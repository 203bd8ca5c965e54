import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../../../../../apps/couchbase/src');

export interface Bundles {
  readonly server: string;
  readonly cli: string;
  remove(): Promise<void>;
}

/** Bundles server and couchbase-cli the way the image gets them, so that tests run what a container runs. */
export async function bundle(): Promise<Bundles> {
  const outdir = await mkdtemp(join(tmpdir(), 'couchbase-bundles-'));
  await build({
    entryPoints: { server: join(source, 'server/main.ts'), 'couchbase-cli': join(source, 'cli/main.ts') },
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'silent',
  });
  return {
    server: join(outdir, 'server.cjs'),
    cli: join(outdir, 'couchbase-cli.cjs'),
    remove: () => rm(outdir, { recursive: true }),
  };
}
