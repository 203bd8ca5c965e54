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
  readonly executable: boolean;
}

/** Copies what machines run and etcd3's protocol files into the artifact directory, named by content. */
export async function stageArtifacts(repoDir: string, artifactsDir: string): Promise<Artifact[]> {
  await mkdir(artifactsDir, { recursive: true });
  const built = await Promise.all(
    ['bin', 'proto'].map(async (folder) => {
      const from = join(repoDir, 'dist/machine', folder);
      return (await readdir(from))
        .sort()
        .map((name) => ({ from: join(from, name), path: `/opt/lab/${folder}/${name}` }));
    }),
  );
  const runtime = {
    from: join(repoDir, 'platform/docker/runc-within-limits'),
    path: '/opt/lab/bin/runc-within-limits',
  };
  return Promise.all([...built.flat(), runtime].map(({ from, path }) => stage(from, path, artifactsDir)));
}

async function stage(from: string, path: string, artifactsDir: string): Promise<Artifact> {
  const content = await readFile(from);
  const sha512 = createHash('sha512').update(content).digest('hex');
  const { name, ext } = parse(path);
  const artifact = { path, name: `${name}-${sha512.slice(0, 16)}${ext}`, sha512, executable: ext === '' };
  await copyFile(from, join(artifactsDir, artifact.name));
  return artifact;
}
