import { administrator, ask } from './rest.ts';

/** Sets a new server up, as a person's first form does, with its administrator. @param memoryQuotaMb of the whole server */
export async function setUp(mgmtPort: number, memoryQuotaMb: number): Promise<void> {
  const [username = '', password = ''] = administrator.split(':');
  const form = { services: 'kv', username, password, port: 'SAME', memoryQuota: String(memoryQuotaMb) };
  await ask(mgmtPort, 'POST', '/clusterInit', { form });
}

/** A bucket of 300 MB on a server that is set up. */
export async function createBucket(mgmtPort: number, name: string): Promise<void> {
  const form = { name, ramQuotaMB: '300', replicaNumber: '0' };
  await ask(mgmtPort, 'POST', '/pools/default/buckets', { auth: administrator, form });
}
