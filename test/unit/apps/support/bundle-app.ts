import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { stageCouchbaseSdk } from '#apps/stage-couchbase-sdk.mjs';

const root = join(import.meta.dirname, '../../../..');

/**
 * An app as its image holds it, in an empty directory: bundle and staged SDK in app/, etcd's protocol files in proto/. So a test that
 * runs it also proves that nothing else is needed.
 */
export async function bundleApp(
  name: 'worker' | 'web',
): Promise<{ entry: string; app: string; remove(): Promise<void> }> {
  const image = await mkdtemp(join(tmpdir(), `lab-${name}-`));
  const app = join(image, 'app');
  const entry = join(app, `${name}.cjs`);
  await build({
    entryPoints: [join(root, `apps/${name}/src/main.ts`)],
    outfile: entry,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['couchbase'],
    logLevel: 'error',
  });
  stageCouchbaseSdk({ appDist: app });
  await cp(join(root, 'node_modules/etcd3/proto'), join(image, 'proto'), { recursive: true });
  return { entry, app, remove: () => rm(image, { recursive: true, force: true }) };
}
