import { type Checked, wholeNumber } from './form-values.ts';

/** What an administrator can set and read back; nothing on this one node depends on it. Quotas in MiB. */
export interface ClusterSettings {
  clusterName: string;
  indexMemoryQuotaMb: number;
  ftsMemoryQuotaMb: number;
  /** Empty until somebody chooses. */
  storageMode: '' | StorageMode;
  sendStats: boolean;
  autoFailover: { readonly enabled: boolean; readonly timeoutS: number };
}

const storageModes = ['forestdb', 'memory_optimized', 'plasma'] as const;
export type StorageMode = (typeof storageModes)[number];

/** Of a node that nobody has set up: memory quotas in MB of 1024 * 1024 bytes, no storage mode chosen yet. Pure. */
export function initialSettings(): ClusterSettings {
  return {
    clusterName: '',
    indexMemoryQuotaMb: 256,
    ftsMemoryQuotaMb: 256,
    storageMode: '',
    sendStats: false,
    autoFailover: { enabled: true, timeoutS: 120 },
  };
}

/**
 * `storageMode` of /settings/indexes; the present one where the form has none. Refusals as ns_server words them (Couchbase Server
 * documentation "Set index settings"): a node that runs the index service keeps the mode it has.
 */
export function checkStorageMode(
  form: URLSearchParams,
  present: ClusterSettings['storageMode'],
  runsIndex: boolean,
): Checked<ClusterSettings['storageMode']> {
  const asked = form.get('storageMode');
  if (asked === null) return { value: present };
  const mode = storageModes.find((name) => name === asked);
  if (mode === undefined)
    return { problems: { storageMode: `The value must be one of the following: [${storageModes.join(',')}]` } };
  if (present !== '' && present !== mode && runsIndex) {
    return {
      problems: {
        storageMode:
          'Changing the optimization mode of global indexes is not supported when index service nodes are present in the cluster. ' +
          'Please remove all index service nodes to change this option.',
      },
    };
  }
  return { value: mode };
}

/** `sendStats` of /settings/stats. */
export function checkSendStats(form: URLSearchParams): Checked<boolean> {
  const asked = form.get('sendStats');
  if (asked === 'true' || asked === 'false') return { value: asked === 'true' };
  return { problems: { sendStats: 'The value must be one of the following: [true,false]' } };
}

/** `enabled` and `timeout` (seconds) of /settings/autoFailover. */
export function checkAutoFailover(
  form: URLSearchParams,
  present: ClusterSettings['autoFailover'],
): Checked<ClusterSettings['autoFailover']> {
  const enabled = form.get('enabled');
  if (enabled === 'false') return { value: { ...present, enabled: false } };
  if (enabled !== 'true') return { problems: { enabled: 'The value of "enabled" must be true or false' } };
  const timeoutS = wholeNumber(form.get('timeout'));
  if (timeoutS !== undefined && timeoutS >= 5 && timeoutS <= 3600) return { value: { enabled: true, timeoutS } };
  return { problems: { timeout: 'The value of "timeout" must be a positive integer in a range from 5 to 3600' } };
}
