/** Strings, brackets, separators, and what is left: numbers and words. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gu;

/**
 * Valid JSON over lines with an indent of two. Only blanks change: reading and writing it again would round large numbers, and lose
 * the order of keys and doubles among them.
 */
export function indented(json: string): string {
  let text = '';
  let depth = 0;
  let before = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const [token] of json.matchAll(tokens)) {
    const opens = before === '{' || before === '[';
    if (token === '}' || token === ']') {
      depth -= 1;
      text += opens ? token : line() + token;
    } else {
      if (opens || before === ',') text += line();
      text += token === ':' ? ': ' : token;
    }
    if (token === '{' || token === '[') depth += 1;
    before = token;
  }
  return text;
}

/** Valid JSON without any blanks between its parts. */
export function compacted(json: string): string {
  return [...json.matchAll(tokens)].map(([token]) => token).join('');
}

/** Why a text is no JSON; undefined when it is. */
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
