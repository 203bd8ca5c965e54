import { LabError } from '#errors/lab-error.ts';
import { type Check, fail, ok, warn } from '../check.ts';
import { packagesFor } from '../package-list.ts';
import { installCommand } from '../packages.ts';

export const packages: Check = {
  id: 'packages',
  title: 'Debian packages',
  async run(probe, config) {
    const wanted = Object.keys(packagesFor(config));
    const up = config.provider === 'vagrant' ? 'lab up --provider vagrant' : 'lab up';
    try {
      const missing = await probe.missingPackages(wanted);
      if (missing.length === 0) return ok(`all ${wanted.length} are installed`);
      return warn(`missing: ${missing.join(' ')}; \`${up}\` installs them`, installCommand(missing));
    } catch (error) {
      if (error instanceof LabError) return fail(error.message, error.next);
      throw error;
    }
  },
};
