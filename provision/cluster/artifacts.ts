import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';

/** A file that Ignition fetches by HTTP from the lab's artifact server, checked by its hash. */
export interface Artifact {
  /** Where it goes on the machine. */
  readonly path: string;
  /** File name on the artifact server: carries the content's hash. */
  readonly name: string;
  /** 128 hex digits. */
  readonly sha512: string;
}

/** Copies the machine bundles and etcd3's protocol files into the artifact directory, named by content. */
export async function stageArtifacts(repoDir: string, artifactsDir: string): Promise<Artifact[]> {
  await mkdir(artifactsDir, { recursive: true });
  const staged: Artifact[] = [];
  for (const folder of ['bin', 'proto']) {
    const from = join(repoDir, 'dist/machine', folder);
    for (const fileName of (await readdir(from)).sort()) {
      const content = await readFile(join(from, fileName));
      const sha512 = createHash('sha512').update(content).digest('hex');
      const { name, ext } = parse(fileName);
      const artifact = { path: `/opt/lab/${folder}/${fileName}`, name: `${name}-${sha512.slice(0, 16)}${ext}`, sha512 };
      await copyFile(join(from, fileName), join(artifactsDir, artifact.name));
      staged.push(artifact);
    }
  }
  return staged;
}
