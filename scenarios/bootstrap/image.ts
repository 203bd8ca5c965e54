import { LabError } from '#errors/lab-error.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { choice } from '../harness/context/parameters.ts';
import type { MachineUnderTest } from '../harness/context/lab-under-test.ts';

const couchbaseImage = 'couchbase:community-4.0.0';

/** `--image`: whose image the lab is to serve; without it, whichever it does. */
export const imageParameter = choice(
  ['any', 'embedded', 'upstream'],
  'whose image the lab must serve: this lab’s own server, one from a registry ([images.couchbase]), or either',
);

/**
 * Refuses a lab that serves the other image, before anything is touched: what a lab serves is lab.toml's to say.
 * @throws LabError `usage.parameter`
 */
export function requireImage({ upstream }: LabConfig['images'], wanted: 'any' | 'embedded' | 'upstream'): void {
  const served = 'couchbase' in upstream ? 'upstream' : 'embedded';
  if (wanted === 'any' || wanted === served) return;
  throw new LabError({
    code: 'usage.parameter',
    cause: `--image ${wanted}, and the lab serves the ${served} ${couchbaseImage}`,
    next: `write source = "${wanted}" under [images.couchbase] in lab.toml, then: lab halt && lab up`,
  });
}

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
