/** The list that a program's JSON is; empty when it is none, or no JSON at all. */
export function asList(text: string | undefined): readonly unknown[] {
  const value = parse(text);
  return Array.isArray(value) ? value : [];
}

/** @returns undefined for what is no JSON, or not there */
export function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
