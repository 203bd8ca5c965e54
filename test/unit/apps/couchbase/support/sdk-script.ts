/**
 * The official SDK against the server, in a process of its own: a malformed answer aborts the SDK's process, and the test must
 * survive to say so. Prints one JSON object: step -> what it gave, or the name of the error class.
 */
import { collections } from './sdk/collections.ts';
import { SdkContext, type Scenario } from './sdk/context.ts';
import { dataStructures } from './sdk/data-structures.ts';
import { documents } from './sdk/documents.ts';
import { durability } from './sdk/durability.ts';
import { expiry } from './sdk/expiry.ts';
import { locks } from './sdk/locks.ts';
import { rangeScans } from './sdk/range-scans.ts';
import { replicas } from './sdk/replicas.ts';
import { restart } from './sdk/restart.ts';
import { subdocumentLookups } from './sdk/subdocument-lookups.ts';
import { subdocumentMutations } from './sdk/subdocument-mutations.ts';
import { transactions } from './sdk/transactions.ts';
import { unsupported } from './sdk/unsupported.ts';
import { views } from './sdk/views.ts';
import { xattrs } from './sdk/xattrs.ts';

const scenarios: Readonly<Record<string, Scenario>> = {
  collections,
  dataStructures,
  documents,
  durability,
  expiry,
  locks,
  rangeScans,
  replicas,
  restart,
  subdocumentLookups,
  subdocumentMutations,
  transactions,
  unsupported,
  views,
  xattrs,
};

async function main([port = '', scenario = '']: readonly string[]): Promise<void> {
  const context = new SdkContext(port);
  await scenarios[scenario]?.(context);
  process.stdout.write(`${JSON.stringify(context.results)}\n`);
}

void main(process.argv.slice(2));
