declare module 'connect-memcached' {
  import type session from 'express-session';

  /** The part of the memcached client (package `memcached`) that is used here. */
  export interface MemcachedClient {
    servers: string[];
    connections: Record<string, { free(keep: number, hard?: boolean): void } | undefined>;
    HashRing: { get(key: string): string | undefined };
    end(): void;
  }
  export interface MemcachedStoreOptions {
    hosts: string[];
    prefix?: string;
    timeout?: number;
    retries?: number;
    retry?: number;
    failures?: number;
  }
  export default function connectMemcached(
    options: typeof session,
  ): new (options: MemcachedStoreOptions) => session.Store & { client: MemcachedClient };
}
