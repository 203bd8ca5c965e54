import { randomUUID } from 'node:crypto';
import { createCredentials, credentialsFrom, kept, type Credentials, type KeptCredentials } from './credentials.ts';
import type { Grant } from './permission.ts';
import { grantsOf, type Role } from './roles.ts';

/** Most users, and most groups: what their passwords and roles may take of the server's memory. */
export const maxUsers = 1000;

/** Most roles of one of them; longest role as it is written, and longest name or description, characters. */
export const maxRoles = 100;
export const maxText = 1000;

/** Somebody with a password of their own, beside the administrator. */
export interface User {
  readonly id: string;
  /** The person's name, as they write it. */
  readonly fullName: string;
  readonly credentials: Credentials;
  /** Roles of the user's own, beside those of the groups. */
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly uuid: string;
  /** When the password was set, milliseconds since 1970. */
  readonly passwordChangedMs: number;
}

/** Roles that several users have. */
export interface Group {
  readonly id: string;
  readonly description: string;
  readonly ldapReference: string;
  readonly roles: readonly Role[];
}

/** What a request changes of a user; what is missing stays. */
export interface UserChange {
  readonly fullName?: string;
  readonly password?: string;
  readonly roles: readonly Role[];
  readonly groups?: readonly string[];
}

/** Users and groups as they are kept on a disk. */
export interface KeptUsers {
  readonly users: readonly (Omit<User, 'credentials'> & { readonly credentials: KeptCredentials })[];
  readonly groups: readonly Group[];
}

/** Users and groups in memory. Callers check input first (see check-user.ts); this only keeps it. */
export class Users {
  readonly #users = new Map<string, User>();
  readonly #groups = new Map<string, Group>();
  readonly #listeners = new Set<(id: string) => void>();
  readonly #nowMs: () => number;
  #revision = 0;

  /** @param nowMs wall clock, milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Grows with every change, so that what was computed from users can tell that it is old. */
  get revision(): number {
    return this.#revision;
  }

  /** By id. */
  get users(): readonly User[] {
    return sorted(this.#users);
  }

  /** By id. */
  get groups(): readonly Group[] {
    return sorted(this.#groups);
  }

  /** The user of that id, without what their groups add (see `grants`); undefined for nobody. */
  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  /** The group of that id; undefined when there is none. */
  group(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  /** Makes or changes a user. A new one needs a password. Takes some milliseconds where there is a password. */
  putUser(id: string, change: UserChange): void {
    const before = this.#users.get(id);
    const credentials = change.password === undefined ? before?.credentials : createCredentials(id, change.password);
    if (credentials === undefined) throw new Error(`user ${id} is new and has no password`);
    this.#users.set(id, {
      id,
      fullName: change.fullName ?? before?.fullName ?? '',
      credentials,
      roles: change.roles,
      groups: change.groups ?? before?.groups ?? [],
      uuid: before?.uuid ?? randomUUID(),
      passwordChangedMs: credentials === before?.credentials ? before.passwordChangedMs : Math.floor(this.#nowMs()),
    });
    this.#revision += 1;
    if (before !== undefined && credentials !== before.credentials) this.#tellLockedOut(id);
  }

  /** False when there is no such user. */
  deleteUser(id: string): boolean {
    if (!this.#users.delete(id)) return false;
    this.#revision += 1;
    this.#tellLockedOut(id);
    return true;
  }

  /** Makes a group, or replaces the one of its id: what its users may do is other from the next request on. */
  putGroup(group: Group): void {
    this.#groups.set(group.id, group);
    this.#revision += 1;
  }

  /** False when there is no such group; users who were in it are not any more. */
  deleteGroup(id: string): boolean {
    if (!this.#groups.delete(id)) return false;
    for (const user of this.#users.values()) {
      if (user.groups.includes(id)) {
        const { roles, groups } = user;
        this.putUser(user.id, { roles, groups: groups.filter((group) => group !== id) });
      }
    }
    this.#revision += 1;
    return true;
  }

  /** All of them, as they are kept. */
  get state(): KeptUsers {
    return {
      users: this.users.map((user) => ({ ...user, credentials: kept(user.credentials) })),
      groups: this.groups,
    };
  }

  /** Adds what was kept to what is there, over what has the same id; nobody is told of users that are locked out by it. */
  restore({ users, groups }: KeptUsers): void {
    for (const user of users) this.#users.set(user.id, { ...user, credentials: credentialsFrom(user.credentials) });
    for (const group of groups) this.#groups.set(group.id, group);
    this.#revision += 1;
  }

  /** All of them are these now. Whoever is removed by it, or has another password, is locked out. */
  replace(state: KeptUsers): void {
    const before = [...this.#users.values()];
    this.#users.clear();
    this.#groups.clear();
    this.restore(state);
    for (const { id, credentials } of before) {
      const now = this.#users.get(id);
      if (now === undefined || !isSamePassword(now.credentials, credentials)) this.#tellLockedOut(id);
    }
  }

  /** What a user may do, by roles of their own and of their groups; nothing for one who is not there. */
  grants(id: string): readonly Grant[] {
    const user = this.#users.get(id);
    if (user === undefined) return [];
    const ofGroups = user.groups.flatMap((group) => this.#groups.get(group)?.roles ?? []);
    return [...user.roles, ...ofGroups].flatMap((role) => grantsOf(role));
  }

  /** The listener hears of users whose connections are not theirs any more: removed, or with another password. */
  onLockedOut(listener: (id: string) => void): void {
    this.#listeners.add(listener);
  }

  #tellLockedOut(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }
}

/** Of credentials that are kept or sent: each time a password is set it gets a salt of its own. */
function isSamePassword(one: Credentials, other: Credentials): boolean {
  return one.salt.equals(other.salt) && one.storedKey.equals(other.storedKey);
}

function sorted<Entry>(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
}
