/**
 * Which Couchbase the server plays where 4.0 and 7.x answer the same question otherwise. What only one of them has, either of them has
 * here: an SDK of any age works with both.
 */
export interface Generation {
  readonly name: GenerationName;
  /** Version string of /pools, node lists and VERSION: the level of the protocols, then what this really is. */
  readonly version: string;
  /** `clusterCompatibility` of node lists: major version times 65536, plus minor. */
  readonly compatibility: number;
  /** SASL mechanisms in the order they are told. Clients up to libcouchbase 2 take CRAM-MD5 where they see it, newer ones SCRAM. */
  readonly mechanisms: readonly string[];
  /** Where `/` of the management port leads. */
  readonly firstPage: string;
  /** Every bucket has a password, empty or not, by which it is opened; otherwise only those that were made with `authType`. */
  readonly bucketPasswords: boolean;
  /** Who says no name at all sees the cluster, and works with the bucket `default`, when a bucket has an empty password. */
  readonly openToStrangers: boolean;
}

export const generations = {
  '4.0': {
    name: '4.0',
    version: '4.0.0-0-coreos-lab-embedded',
    compatibility: 0x4_0000,
    mechanisms: ['SCRAM-SHA512', 'CRAM-MD5', 'PLAIN'],
    firstPage: '/index.html',
    bucketPasswords: true,
    openToStrangers: true,
  },
  '7.6': {
    name: '7.6',
    version: '7.6.2-0-coreos-lab-embedded',
    compatibility: 0x7_0006,
    mechanisms: ['SCRAM-SHA512', 'PLAIN'],
    firstPage: '/ui/index.html',
    bucketPasswords: false,
    openToStrangers: false,
  },
} as const satisfies Record<string, Omit<Generation, 'name'> & { name: string }>;

export type GenerationName = keyof typeof generations;
export const generationNames = Object.keys(generations) as GenerationName[];
