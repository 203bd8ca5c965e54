import { checkPassword, samePassword, type Credentials } from './credentials.ts';
import { HmacMd5 } from './hmac-md5.ts';
import { allows, everywhere, type Grant, type Permission } from './permission.ts';
import type { Principal } from './principal.ts';
import { grantsOf } from './roles.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** Says who somebody is, by name and password, and what they may do. One for both protocols. */
export class Authority {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Everything is open to everybody until the cluster has an administrator, as on the real server. */
  get isOpen(): boolean {
    return !this.#cluster.isInitialised;
  }

  /** Whom name and password belong to. Undefined: nobody. An administrator is asked for first, then users, then buckets. */
  identify(name: string, password: string): Principal | undefined {
    const { credentials, users } = this.#cluster;
    if (credentials !== undefined && checkPassword(credentials, name, password)) return { kind: 'administrator', name };
    const user = users.user(name);
    if (user !== undefined && checkPassword(user.credentials, name, password)) return { kind: 'user', name };
    const expected = this.bucketPassword(name);
    return expected !== undefined && samePassword(expected, password) ? { kind: 'bucket', name } : undefined;
  }

  /** Keys of a named person for SCRAM, with who that is. */
  person(name: string): { readonly principal: Principal; readonly credentials: Credentials } | undefined {
    const { credentials, users } = this.#cluster;
    if (credentials?.user === name) return { principal: { kind: 'administrator', name }, credentials };
    const user = users.user(name);
    return user === undefined ? undefined : { principal: { kind: 'user', name }, credentials: user.credentials };
  }

  /** Password of the bucket of that name, where its name opens it. */
  bucketPassword(name: string): string | undefined {
    return this.#cluster.bucket(name)?.settings.password;
  }

  /** Whom a name is, and the key that CRAM-MD5 wants of them. */
  md5Key(name: string): { readonly principal: Principal; readonly key: HmacMd5 } | undefined {
    const person = this.person(name);
    if (person !== undefined) return { principal: person.principal, key: person.credentials.hmacMd5 };
    const password = this.bucketPassword(name);
    return password === undefined ? undefined : { principal: { kind: 'bucket', name }, key: HmacMd5.of(password) };
  }

  /** Whether one of the principal's grants covers the permission, as things are now: grants are looked up at each call. */
  may(principal: Principal, permission: Permission): boolean {
    return allows(this.grants(principal), permission);
  }

  /** What a principal may do now; nothing for a user or a bucket that is gone. */
  grants(principal: Principal): readonly Grant[] {
    switch (principal.kind) {
      case 'administrator':
        return administrator;
      case 'user':
        return this.#cluster.users.grants(principal.name);
      case 'bucket':
        return this.#cluster.bucket(principal.name) === undefined ? [] : bucketGrants(principal.name);
      case 'anonymous':
        return this.#openGrants();
    }
  }

  /** What nobody in particular may do: what the name of a bucket would let them, where that has an empty password. */
  #openGrants(): readonly Grant[] {
    const { buckets, generation } = this.#cluster;
    return buckets
      .filter(({ settings }) => settings.password === '')
      .flatMap(({ name }) => bucketGrants(name))
      .filter(({ area }) => generation.openToStrangers || area !== 'pools');
  }
}

const administrator = grantsOf({ role: 'admin', within: everywhere });

/** What a bucket's own name opened up to 4.6: all that an application does. */
function bucketGrants(bucket: string): readonly Grant[] {
  return grantsOf({ role: 'bucket_full_access', within: { bucket, scope: undefined, collection: undefined } });
}
