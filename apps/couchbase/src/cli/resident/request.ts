/** What a caller of the resident couchbase-cli wants done: its command line, and of its environment what commands look at. */
export interface CliRequest {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** Reads fields that each end with NUL: the number of variables, those, the number of words, those. Undefined: there is more to come. Pure. */
export function readRequest(received: Buffer): CliRequest | 'nonsense' | undefined {
  if (received.at(-1) !== 0) return undefined;
  const fields = received.toString('utf8').split('\0').slice(0, -1);
  const variables = listAt(fields, 0);
  if (typeof variables !== 'object') return variables;
  const words = listAt(fields, variables.length + 1);
  if (typeof words !== 'object') return words;
  const isAll = fields.length === variables.length + words.length + 2;
  return isAll ? { env: Object.fromEntries(variables.map(entryOf)), argv: words } : 'nonsense';
}

/** As many fields as the one before them says. */
function listAt(fields: readonly string[], at: number): readonly string[] | 'nonsense' | undefined {
  const count = fields[at];
  if (count === undefined) return undefined;
  if (!/^\d{1,6}$/u.test(count)) return 'nonsense';
  const list = fields.slice(at + 1, at + 1 + Number(count));
  return list.length === Number(count) ? list : undefined;
}

function entryOf(text: string): readonly [name: string, value: string] {
  const [name = ''] = text.split('=', 1);
  return [name, text.slice(name.length + 1)];
}
