import couchbase from 'couchbase';
import type { Scenario } from './context.ts';
import { lookIn } from './subdocument-lookups.ts';

const { LookupInSpec: Look, LookupInMacro, MutateInSpec: Change, MutateInMacro, StoreSemantics } = couchbase;
const xattr = { xattr: true };

export const xattrs: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const look = (...specs: ReturnType<typeof Look.get>[]) => lookIn(collection, 'doc', specs);
  await collection.upsert('doc', { body: true });

  await context.step('attributes beside the body', async () => {
    await collection.mutateIn('doc', [
      Change.upsert('mine.deep', 1, { xattr: true, createPath: true }),
      Change.upsert('_sys', ['s'], xattr),
      Change.upsert('body', false),
    ]);
    return look(Look.get('mine', xattr), Look.get('_sys[0]', xattr), Look.get('body'), Look.get('$XTOC', xattr));
  });
  await context.step('the body alone', async () => (await collection.get('doc')).content as unknown);
  await context.step('attribute behind the body', () =>
    collection.mutateIn('doc', [Change.upsert('body', 1), Change.upsert('mine', 1, xattr)]),
  );
  await context.step('macros', async () => {
    const { cas } = await collection.mutateIn('doc', [
      Change.upsert('m.cas', MutateInMacro.Cas, { createPath: true }),
      Change.upsert('m.seqno', MutateInMacro.SeqNo, { createPath: true }),
      Change.upsert('m.crc', MutateInMacro.ValueCrc32c, { createPath: true }),
      Change.upsert('n', 2),
    ]);
    const [macros, document] = (await look(Look.get('m', xattr), Look.get('$document', xattr))) as Record<
      string,
      string
    >[];
    const littleEndian = Buffer.from((macros?.['cas'] ?? '').slice(2), 'hex')
      .reverse()
      .toString('hex');
    return {
      cas: `0x${littleEndian}` === document?.['CAS'] && BigInt(`0x${littleEndian}`).toString() === cas.toString(),
      seqno: macros?.['seqno'] === document?.['seqno'],
      crc: macros?.['crc'] === document?.['value_crc32c'],
    };
  });
  await context.step('virtual attributes', async () => {
    await collection.upsert('virtual', 'plain text', { expiry: 5000 });
    const [document, ...others] = (await lookIn(collection, 'virtual', [
      Look.get(LookupInMacro.Document),
      Look.get(LookupInMacro.IsDeleted),
      Look.get(LookupInMacro.ValueSizeBytes),
      Look.get(LookupInMacro.RevId),
      Look.get('$vbucket.HLC.mode', xattr),
      Look.get('$nothing', xattr),
    ])) as [Record<string, unknown>, ...unknown[]];
    const about = Math.abs(Number(document['exptime']) - Date.now() / 1000 - 5000) < 60;
    const modified = Math.abs(Number(document['last_modified']) - Date.now() / 1000) < 60;
    const { datatype, flags, value_crc32c: crc } = document;
    return { datatype, flags, crc, about, modified, others };
  });
  await context.step('virtual attributes are not written', () =>
    collection.mutateIn('doc', [Change.upsert('$document.x', 1, xattr)]),
  );
  await context.step('17 letters', () => lookIn(collection, 'doc', [Look.get('a'.repeat(17), xattr)]));
  await context.step('attributes make a document', async () => {
    await collection.mutateIn('of attributes', [Change.upsert('a', 1, xattr)], {
      storeSemantics: StoreSemantics.Upsert,
    });
    return (await collection.get('of attributes')).content as unknown;
  });
  await context.step('a whole value leaves those of the system', async () => {
    await collection.upsert('doc', 1);
    return look(Look.get('$XTOC', xattr));
  });
  await context.step('so does the end of the document', async () => {
    await collection.remove('doc');
    const read = [Look.get('_sys', xattr), Look.get('$document.deleted', xattr), Look.get('mine', xattr)];
    return lookIn(collection, 'doc', read, true);
  });
  await context.step('which is gone for others', () => look(Look.get('_sys', xattr)));
  await context.step('and has no attributes when it is made anew', async () => {
    await collection.insert('doc', 2);
    return look(Look.get('$XTOC', xattr), Look.get('$document.revid', xattr));
  });
  await cluster.close();
};
