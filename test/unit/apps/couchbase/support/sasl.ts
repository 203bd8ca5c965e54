import { createHmac } from 'node:crypto';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { packet, type KvClient } from './kv-client.ts';

/** Logs in by PLAIN. @returns the status */
export async function plain(client: KvClient, name: string, password: string): Promise<number> {
  return (await client.call(packet(opcodes.saslAuth, { key: 'PLAIN', value: `\0${name}\0${password}` }))).status;
}

/** Logs in by CRAM-MD5. @returns the status of the last answer */
export async function cramMd5(client: KvClient, name: string, password: string): Promise<number> {
  const { status, value } = await client.call(packet(opcodes.saslAuth, { key: 'CRAM-MD5' }));
  if (status !== 0x21) return status;
  const digest = createHmac('md5', password).update(value).digest('hex');
  return (await client.call(packet(opcodes.saslStep, { key: 'CRAM-MD5', value: `${name} ${digest}` }))).status;
}
