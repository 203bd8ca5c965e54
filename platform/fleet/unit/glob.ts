/**
 * Does a whole unit name match a glob? Rules of Go's path.Match, which fleet used: `*` any run without `/`, `?` one
 * character, `[a-z]` and `[^a-z]` classes, `\` quotes. A malformed pattern matches nothing; see `globProblem`.
 */
export function globMatches(pattern: string, name: string): boolean {
  return compile(pattern)?.test(name) ?? false;
}

/** What is wrong with the pattern, or undefined. */
export function globProblem(pattern: string): string | undefined {
  return compile(pattern) === undefined ? `syntax error in pattern "${pattern}"` : undefined;
}

/** True when the pattern matches the one name that it spells, and no other. */
export function isLiteral(pattern: string): boolean {
  return !/[*?[\\]/.test(pattern);
}

const compiled = new Map<string, RegExp | undefined>();

function compile(pattern: string): RegExp | undefined {
  if (!compiled.has(pattern)) {
    // The cache is bounded: patterns come from outside.
    if (compiled.size > 10_000) compiled.clear();
    compiled.set(pattern, translate(pattern));
  }
  return compiled.get(pattern);
}

function translate(pattern: string): RegExp | undefined {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else if (c === '[') {
      const [whole, not, inside] = /^\[(\^?)((?:\\.|[^\]\\])+)\]/s.exec(pattern.slice(i)) ?? [];
      if (whole === undefined || not === undefined || inside === undefined) return undefined;
      source += `[${not}${inside.replace(/\\(.)|[[\]^]/gs, (all, quoted?: string) => `\\${quoted ?? all}`)}]`;
      i += whole.length - 1;
    } else if (c === '\\') {
      i++;
      if (i >= pattern.length) return undefined;
      source += quote(pattern.charAt(i));
    } else source += quote(c);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined; // a reversed range such as [z-a]
  }
}

function quote(c: string): string {
  return c.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}
