import { LabError } from '../../../errors/lab-error.ts';
import { type Check, fail, ok, warn } from '../check.ts';
import { requiredPackages } from '../package-list.ts';
import { installCommand } from '../packages.ts';

export const packages: Check = {
  id: 'packages',
  title: 'Debian packages',
  async run(probe) {
    const wanted = Object.keys(requiredPackages);
    try {
      const missing = await probe.missingPackages(wanted);
      if (missing.length === 0) return ok(`all ${wanted.length} are installed`);
      return warn(`missing: ${missing.join(' ')}; \`lab up\` installs them`, installCommand(missing));
    } catch (error) {
      if (error instanceof LabError) return fail(error.message, error.next);
      throw error;
    }
  },
};
