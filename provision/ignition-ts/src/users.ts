import type { User } from './types.ts';

/**
 * An account with its ssh keys (lines of .pub files; surrounding space is dropped) and groups.
 * Ignition gives it no usable password unless `passwordHash` is set.
 */
export function user(options: User): User {
  const { sshAuthorizedKeys, ...rest } = options;
  return sshAuthorizedKeys ? { ...rest, sshAuthorizedKeys: sshAuthorizedKeys.map((key) => key.trim()) } : rest;
}
