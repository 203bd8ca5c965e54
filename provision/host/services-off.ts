import { readFile, rm, writeFile } from 'node:fs/promises';

const mark = '# made by coreos-lab while it installs packages';

/**
 * Runs `work` while Debian's packages may not start services (the registry and lxcfs belong to the lab, not to the host):
 * a policy-rc.d that answers 101, "action not allowed" (invoke-rc.d(8)). An administrator's own policy file is left alone
 * and obeyed. Ours stops answering so by itself when this process is gone, and a leftover of a killed run is replaced.
 * @param policyFile differs from /usr/sbin/policy-rc.d only in tests
 */
export async function withServicesOff<T>(work: () => Promise<T>, policyFile = '/usr/sbin/policy-rc.d'): Promise<T> {
  if (await isOurs(policyFile)) await rm(policyFile, { force: true });
  const script = `#!/bin/sh\n${mark}\n[ -d /proc/${process.pid} ] && exit 101\nexit 0\n`;
  try {
    await writeFile(policyFile, script, { flag: 'wx', mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await work();
  }
  try {
    return await work();
  } finally {
    await rm(policyFile, { force: true });
  }
}

async function isOurs(policyFile: string): Promise<boolean> {
  const text = await readFile(policyFile, 'utf8').catch(() => '');
  return text.includes(mark);
}
