/**
 * The official SDK's management API against the server, in a process of its own: a malformed answer aborts the SDK's process, and the
 * test must survive to say so. Prints one JSON object: step -> what it gave, or the name of the error class.
 */
import couchbase from 'couchbase';

const [port = ''] = process.argv.slice(2);
const results: Record<string, unknown> = {};

async function step(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    results[name] = (await action()) ?? 'done';
  } catch (error) {
    results[name] = error instanceof Error ? error.constructor.name : String(error);
  }
}

const connect = (username: string, password: string) =>
  couchbase.connect(`couchbase://127.0.0.1:${port}`, { username, password, timeouts: { kvTimeout: 20_000 } });

async function buckets(cluster: couchbase.Cluster): Promise<void> {
  const manager = cluster.buckets();
  const { BucketType, CompressionMode, EvictionPolicy, StorageBackend, DurabilityLevel } = couchbase;
  const pets = {
    name: 'pets',
    ramQuotaMB: 100,
    flushEnabled: true,
    numReplicas: 2,
    replicaIndexes: true,
    bucketType: BucketType.Couchbase,
    compressionMode: CompressionMode.Active,
    evictionPolicy: EvictionPolicy.FullEviction,
    minimumDurabilityLevel: DurabilityLevel.Majority,
    maxExpiry: 3600,
  };
  await step('create', () => manager.createBucket(pets));
  await step('create again', () => manager.createBucket({ name: 'pets', ramQuotaMB: 100 }));
  await step('read', () => manager.getBucket('pets'));
  await step('read missing', () => manager.getBucket('cars'));
  // The SDK's types want names of old for a change, too.
  const change = (settings: Partial<couchbase.BucketSettings>) =>
    manager.updateBucket(settings as couchbase.BucketSettings);
  await step('update', () => change({ ...pets, compressionMode: CompressionMode.Off, maxExpiry: 60 }));
  await step('updated', async () => {
    const { compressionMode, maxExpiry, evictionPolicy, numReplicas } = await manager.getBucket('pets');
    return { compressionMode, maxExpiry, evictionPolicy, numReplicas };
  });
  await step('update missing', () => change({ name: 'cars', ramQuotaMB: 100 }));
  await step('flush', () => manager.flushBucket('pets'));
  await step('close to flush', () => change({ name: 'pets', ramQuotaMB: 100, flushEnabled: false }));
  await step('flush closed', () => manager.flushBucket('pets'));
  // Its lowest level is the majority, which one node can be of no replicas alone.
  const alone = cluster.bucket('pets').defaultCollection();
  await step('replicas too many', async () => void (await alone.upsert('a', 0)));
  await step('no replicas', () => change({ name: 'pets', ramQuotaMB: 100, numReplicas: 0 }));
  await step('flush missing', () => manager.flushBucket('cars'));
  await step('ephemeral', () =>
    manager.createBucket({ name: 'mayfly', ramQuotaMB: 100, bucketType: BucketType.Ephemeral }),
  );
  await step('magma', () =>
    manager.createBucket({ name: 'deep', ramQuotaMB: 100, storageBackend: StorageBackend.Magma }),
  );
  await step('history', () =>
    manager.createBucket({ name: 'old', ramQuotaMB: 100, historyRetentionCollectionDefault: true }),
  );
  await step('list', async () => (await manager.getAllBuckets()).map(({ name }) => name));
  await step('drop', () => manager.dropBucket('mayfly'));
  await step('drop missing', () => manager.dropBucket('mayfly'));
}

async function users(cluster: couchbase.Cluster): Promise<void> {
  const manager = cluster.users();
  const role = (name: string, bucket: string): couchbase.Role => ({
    name,
    bucket,
    scope: undefined,
    collection: undefined,
  });
  await step('roles', async () => (await manager.getRoles()).length > 5);
  await step('group', () =>
    manager.upsertGroup({ name: 'writers', description: 'who write', roles: [role('data_writer', 'pets')] }),
  );
  await step('group read', async () => {
    const { name, description, roles } = await manager.getGroup('writers');
    return { name, description, roles };
  });
  await step('groups', async () => (await manager.getAllGroups()).map(({ name }) => name));
  await step('missing group', () => manager.getGroup('nobodies'));
  await step('user', () =>
    manager.upsertUser({
      username: 'jane',
      password: 'secret-1',
      displayName: 'Jane',
      roles: [role('data_reader', 'pets')],
      groups: ['writers'],
    }),
  );
  await step('user without password', () => manager.upsertUser({ username: 'joe', roles: ['admin'] }));
  await step('user read', async () => {
    const { username, displayName, domain, groups, roles, effectiveRoles } = await manager.getUser('jane');
    return { username, displayName, domain, groups, roles, effective: effectiveRoles.map(({ name }) => name) };
  });
  await step('users', async () => (await manager.getAllUsers()).map(({ username }) => username));
  await step('missing user', () => manager.getUser('joe'));
}

async function asJane(): Promise<void> {
  const cluster = await connect('jane', 'secret-1');
  const collection = cluster.bucket('pets').defaultCollection();
  await step('jane writes', async () => void (await collection.upsert('a', 1)));
  await step('jane reads', async () => (await collection.get('a')).content as unknown);
  await step('jane manages', () => cluster.users().getAllUsers());
  await step('new password', () => cluster.users().changePassword('secret-2'));
  await cluster.close();
  await step('old password', () => connect('jane', 'secret-1'));
  await step('password', async () => (await connect('jane', 'secret-2')).close());
}

async function main(): Promise<void> {
  const cluster = await connect('Administrator', 'Password1');
  await buckets(cluster);
  await users(cluster);
  await asJane();
  const manager = cluster.users();
  await step('group dropped', () => manager.dropGroup('writers'));
  await step('missing group dropped', () => manager.dropGroup('writers'));
  await step('user dropped', () => manager.dropUser('jane'));
  await step('missing user dropped', () => manager.dropUser('jane'));
  await step('jane is gone', () => connect('jane', 'secret-2'));
  await cluster.close();
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

void main();
