/** The command line of a caller of the resident etcdctl, and its ETCDCTL_ variables. */
export interface ResidentRequest {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** Reads fields that each end with NUL: the number of variables, those, the number of words, those. Undefined: there is more to come. Pure. */
export function readRequest(received: Buffer): ResidentRequest | 'nonsense' | undefined {
  // Each field ends so, the last one too: no look at what cannot be whole.
  if (received.at(-1) !== 0) return undefined;
  const fields = received.toString('utf8').split('\0').slice(0, -1);
  const lists: string[][] = [];
  for (let at = 0; lists.length < 2;) {
    const count = fields[at];
    if (count === undefined) return undefined;
    if (!/^\d{1,6}$/.test(count)) return 'nonsense';
    const end = at + 1 + Number(count);
    if (fields.length < end) return undefined;
    lists.push(fields.slice(at + 1, end));
    at = end;
  }
  const [env = [], argv = []] = lists;
  return { env: Object.fromEntries(env.map((entry) => split(entry))), argv };
}

function split(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}
