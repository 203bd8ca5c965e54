/**
 * What a .dockerignore leaves out of a context (Dockerfile reference, ".dockerignore file": Go's patterns, `**`, `!` for exceptions, the
 * last that fits decides). Pure.
 * @param text undefined: there is none
 * @returns whether a path, relative to the context and with `/`, is left out
 */
export function ignoredFiles(text: string | undefined): (path: string) => boolean {
  const rules = (text ?? '').split(/\r?\n/).flatMap((line) => {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) return [];
    const isException = written.startsWith('!');
    const pattern = written.slice(isException ? 1 : 0).replace(/^\.?\/+|\/+$/g, '');
    return [{ isException, matches: expressionOf(pattern) }];
  });
  return (path) => {
    const last = rules.findLast(({ matches }) => matches.test(path));
    return last !== undefined && !last.isException;
  };
}

/** A pattern that fits a directory fits all that is in it. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/|\*\*|\*|\?|\[[^\]]*\])/).map((part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        return part.startsWith('[') && part.endsWith(']') ? part : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
    }
  });
  return new RegExp(`^${parts.join('')}(?:/.*)?$`);
}
