import { didYouMean, nearest } from '#errors/nearest.ts';

/**
 * The members of a JSON object by their known names, in whatever case they are written.
 * @param at of messages: `Backend.`, or '' for the outermost object
 * @param elsewhere keys that belong into another object, by its name
 * @param bad makes the error of a sentence
 */
export function membersOf(
  value: unknown,
  known: readonly string[],
  at: string,
  elsewhere: Readonly<Record<string, readonly string[]>>,
  bad: (what: string) => Error,
): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(at === '' ? 'not a JSON object' : `${at.slice(0, -1)} is not an object such as {"Type":"host-gw"}`);
  }
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
    const name = known.find((one) => one.toLowerCase() === key.toLowerCase());
    if (name === undefined) throw bad(`unknown key ${at}${key}${hint(key, known, elsewhere)}`);
    return [name, member];
  });
  const members = new Map(entries);
  if (members.size < entries.length) throw bad(`${at === '' ? '' : `${at.slice(0, -1)}: `}a key stands twice`);
  return members;
}

function hint(key: string, known: readonly string[], elsewhere: Readonly<Record<string, readonly string[]>>): string {
  const home = Object.keys(elsewhere).find((name) =>
    elsewhere[name]?.some((one) => one.toLowerCase() === key.toLowerCase()),
  );
  if (home !== undefined) return ` (it belongs into ${home})`;
  return nearest(key, known) === undefined ? `; known: ${known.join(', ')}` : didYouMean(key, known);
}
