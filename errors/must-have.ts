/**
 * A value that cannot be absent, as the compiler does not see: where it is, the program is wrong, and no value that is made up helps.
 * @param what it is, for whoever reads the report of the bug
 * @throws TypeError, not LabError: there is nothing that a user could do
 */
export function mustHave<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`there is no ${what}`);
  return value;
}
