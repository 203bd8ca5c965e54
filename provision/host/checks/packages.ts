import { LabError } from '#errors/lab-error.ts';
import { type Check, fail, ok, warn } from '../check.ts';
import { packagesOf, requiredPackages } from '../package-list.ts';
import { installCommand } from '../packages.ts';

export const packages: Check = {
  id: 'packages',
  title: 'Debian packages',
  async run(probe, { provider, vagrant }) {
    const wanted = Object.keys({
      ...requiredPackages,
      ...(provider === 'vagrant' ? packagesOf[vagrant.hypervisor] : {}),
    });
    const up = provider === 'vagrant' ? 'lab up --provider vagrant' : 'lab up';
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
