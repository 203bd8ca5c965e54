import { etcdctl } from '#platform/etcdctl/etcdctl.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  stderr: string;
}

/** Our etcdctl in this process, with the input given (none by default). */
export async function ours(args: string[], endpoints: string[], stdin = ''): Promise<Outcome> {
  const out = { stdout: '', stderr: '' };
  const env = { ETCDCTL_ENDPOINTS: endpoints.join(',') };
  const code = await etcdctl(args, env, {
    print: (text) => (out.stdout += `${text}\n`),
    warn: (text) => (out.stderr += `${text}\n`),
    readStdin: async () => stdin,
    interrupted: () => new AbortController().signal,
    exit: (status) => {
      throw new Error(`exit ${status}`);
    },
  });
  return { code, ...out };
}
