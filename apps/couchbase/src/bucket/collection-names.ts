/** Why a scope or collection cannot have this name, or nothing (ns_server's own words, Couchbase Server 7). */
export function nameProblem(name: string | null): string | undefined {
  if (name === null) return 'The value must be supplied';
  if (name.length < 1 || name.length > 251) return 'Length must be in range from 1 to 251';
  if (!/^[0-9A-Za-z_%-]+$/.test(name))
    return 'Can only contain characters A-Z, a-z, 0-9 and the following symbols _ - %';
  return /^[_%]/.test(name) ? 'First character must not be _ or %' : undefined;
}
