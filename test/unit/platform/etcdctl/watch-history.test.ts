import { afterAll, beforeAll, expect, it } from 'vitest';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { ours } from './ours.ts';

let etcd: RealEtcd;
beforeAll(async () => {
  etcd = await realEtcd();
});
afterAll(() => etcd.stop());

const run = (...args: string[]) => ours(args, etcd.endpoints);
/** Index of the store as etcdctl tells it. */
const indexOf = async (key: string) =>
  Number(/^Modified-Index: (\d+)$/m.exec((await run('-o', 'extended', 'get', key)).stdout)?.[1]);

it.each(['/h/key', '/h'])('a watch of %s after an index that etcd has forgotten ends with 401', async (watched) => {
  await run('set', '/h/key', 'one');
  const first = await indexOf('/h/key');
  for (const value of ['two', 'three', 'four']) await run('set', '/h/key', value);
  const last = await indexOf('/h/key');
  const kept = await run('watch', '--recursive', '--after-index', String(first), watched);
  expect([kept.code, kept.stdout]).toEqual([0, '[set] /h/key\ntwo\n']);
  await fetch(`${etcd.endpoints[0]}/v3/kv/compaction`, { method: 'POST', body: JSON.stringify({ revision: last }) });

  const forgotten = await run('watch', '--recursive', '--after-index', String(first), watched);
  expect(forgotten.stdout).toBe('');
  expect(forgotten.stderr).toMatch(
    /^Error: {2}401: The event in requested index is outdated and cleared \(the requested history has been cleared\) \[\d+\]\n$/,
  );
  expect(forgotten.code).toBe(4);

  const program = await run('exec-watch', '--recursive', '--after-index', String(first), watched, '--', 'true');
  expect([program.code, program.stdout]).toEqual([4, '']);
});
