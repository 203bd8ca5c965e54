import { formOf } from '../../form.ts';
import { switchValues } from '../command.ts';
import type { OptionSpec } from '../grammar.ts';

export const bucketName: OptionSpec = { name: 'bucket', takes: 'value', required: true };

/** What can be chosen for a bucket when it is made, and changed later. */
export const bucketOptions: readonly OptionSpec[] = [
  { name: 'bucket-replica', takes: 'value', choices: ['0', '1', '2', '3'] },
  { name: 'bucket-priority', takes: 'value', choices: ['low', 'high'] },
  {
    name: 'durability-min-level',
    takes: 'value',
    choices: ['none', 'majority', 'majorityAndPersistActive', 'persistToMajority'],
  },
  {
    name: 'bucket-eviction-policy',
    takes: 'value',
    choices: ['valueOnly', 'fullEviction', 'noEviction', 'nruEviction'],
  },
  { name: 'max-ttl', takes: 'integer' },
  { name: 'compression-mode', takes: 'value', choices: ['off', 'passive', 'active'] },
  { name: 'enable-flush', takes: 'value', choices: switchValues },
  { name: 'history-retention-bytes', takes: 'integer' },
  { name: 'history-retention-seconds', takes: 'integer' },
  { name: 'enable-history-retention-by-default', takes: 'value', choices: switchValues },
];

/** Those options as the REST API has them. */
export function bucketForm(option: (name: string) => string | undefined): Readonly<Record<string, string>> {
  const priority = option('bucket-priority');
  const history = option('enable-history-retention-by-default');
  return formOf({
    ramQuotaMB: option('bucket-ramsize'),
    replicaNumber: option('bucket-replica'),
    threadsNumber: priority === undefined ? undefined : priority === 'high' ? '8' : '3',
    durabilityMinLevel: option('durability-min-level'),
    evictionPolicy: option('bucket-eviction-policy'),
    maxTTL: option('max-ttl'),
    compressionMode: option('compression-mode'),
    flushEnabled: option('enable-flush'),
    historyRetentionBytes: option('history-retention-bytes'),
    historyRetentionSeconds: option('history-retention-seconds'),
    historyRetentionCollectionDefault: history === undefined ? undefined : history === '1' ? 'true' : 'false',
  });
}

/** Of a bucket in the REST API. Pure. */
export function bucketPath(name: string): string {
  return `/pools/default/buckets/${encodeURIComponent(name)}`;
}
