import { join, dirname } from 'node:path';

/**
 * The project's own files that a source imports, by value or for a type only, at once or later (`import()`).
 * @param path of the source, from the project's root, as those that are returned
 */
export function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].flatMap((match) => match[1] ?? []);
  return specifiers.filter((specifier) => specifier.startsWith('.')).map((specifier) => join(dirname(path), specifier));
}

/**
 * Files that import each other in a circle: every group in which each file reaches each other one, and each file that
 * imports itself. In order of their names.
 */
export function importCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map([...graph.keys()].map((path) => [path, reachedFrom(path, graph)]));
  const circles = new Map<string, string[]>();
  for (const [path, others] of reached) {
    if (!others.has(path)) continue;
    const circle = [...others].filter((other) => reached.get(other)?.has(path)).sort();
    circles.set(circle.join(' '), circle);
  }
  return [...circles.values()].sort((a, b) => a.join(' ').localeCompare(b.join(' ')));
}

/** Itself only when a way leads back to it. */
function reachedFrom(path: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(graph.get(path) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(graph.get(next) ?? []));
  }
  return found;
}
