import { LabError } from '#errors/lab-error.ts';
import { choice, type ParameterSpec } from '../harness/context/parameters.ts';
import type { MachineUnderTest } from '../harness/context/lab-under-test.ts';

const couchbaseImage = 'couchbase:community-4.0.0';

const sources = choice(['embedded', 'upstream'], 'whose image: this lab’s own server, or the official one');

/**
 * `--image embedded|upstream`. The second is refused before anything is touched: a lab's machines reach no registry but the lab's
 * own, and today's Docker does not read the schema-1 images of that time.
 */
export const imageParameter: ParameterSpec<'embedded' | 'upstream'> = {
  ...sources,
  parse: (text, name) => {
    const source = sources.parse(text, name);
    if (source === 'embedded') return source;
    throw new LabError({
      code: 'unbuilt.upstream-images',
      cause: `${couchbaseImage} of its maker cannot be had: fetching images from upstream registries is not built yet`,
      next: 'lab scenario bootstrap --image embedded --delays realistic',
    });
  },
};

/**
 * Before a bootstrap every machine has the image (warm), or none has any image at all, so that its layers are fetched too (cold).
 * @throws LabError `command.docker`
 */
export async function prepareImages(machines: readonly MachineUnderTest[], cold: boolean): Promise<void> {
  const command = cold ? ['docker', 'image', 'prune', '--all', '--force'] : ['docker', 'pull', '-q', couchbaseImage];
  await Promise.all(
    machines.map(async (machine) => {
      const { exitCode, stderr } = await machine.exec(command);
      if (exitCode === 0) return;
      throw new LabError({
        code: 'command.docker',
        cause: `${command.join(' ')} on ${machine.name} ended with exit code ${exitCode}`,
        evidence: stderr.split('\n').filter(Boolean).slice(-5),
        next: `lab ssh ${machine.name} -- sudo docker info`,
      });
    }),
  );
}
