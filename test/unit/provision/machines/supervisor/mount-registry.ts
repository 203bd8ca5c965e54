import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { mountRegistryLayer } from '#provision/machines/supervisor/registry-layer.ts';

/**
 * A program: lays a lab's own layer over a registry's storage, writes into it, and prints what both hold then. argv: the storage, the
 * lab's state directory, its run directory.
 */
async function main(storage: string, stateDir: string, runDir: string): Promise<void> {
  const merged = await mountRegistryLayer({ ...labPaths('lab', stateDir), runDir }, storage);
  const before = readFileSync(join(merged, 'docker/link'), 'utf8');
  writeFileSync(join(merged, 'docker/link'), 'pushed');
  mkdirSync(join(merged, 'docker/more'), { recursive: true });
  console.log(JSON.stringify([before, readFileSync(join(merged, 'docker/link'), 'utf8')]));
}

const [storage = '', stateDir = '', runDir = ''] = process.argv.slice(2);
await main(storage, stateDir, runDir);
