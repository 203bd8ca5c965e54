import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../../../../../apps/couchbase/src');

const views = join(source, 'views/indexer/main.ts');
const asImage = {
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'silent',
} as const;

export interface Bundles {
  readonly server: string;
  /** What runs beside the server, for views. */
  readonly views: string;
  readonly cli: string;
  remove(): Promise<void>;
}

/** Bundles server, process of views and couchbase-cli the way the image gets them, so that tests run what a container runs. */
export async function bundle(): Promise<Bundles> {
  const outdir = await mkdtemp(join(tmpdir(), 'couchbase-bundles-'));
  await build({
    ...asImage,
    entryPoints: { server: join(source, 'server/main.ts'), views, 'couchbase-cli': join(source, 'cli/main.ts') },
    outdir,
  });
  return {
    server: join(outdir, 'server.cjs'),
    views: join(outdir, 'views.cjs'),
    cli: join(outdir, 'couchbase-cli.cjs'),
    remove: () => rm(outdir, { recursive: true }),
  };
}

/** The bundle that runs views, for a server in the test's own process. */
export async function bundleViews(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const outdir = await mkdtemp(join(tmpdir(), 'couchbase-views-'));
  await build({ ...asImage, entryPoints: { views }, outdir });
  return { path: join(outdir, 'views.cjs'), remove: () => rm(outdir, { recursive: true }) };
}
