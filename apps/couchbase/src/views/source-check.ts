import type { parse as Parse } from 'acorn';
import { LabError } from '../../../../errors/lab-error.ts';
import { viewLimits } from './limits.ts';

/** What QuickJS understands. */
const ecmaVersion = 2023;

/**
 * Checks the source of a map or reduce function without running any of it: one JavaScript expression, and not one that surely is
 * something else than a function. The first parameter is what the function is called in the error.
 * @throws LabError `input.map`
 */
export type SourceCheck = (what: string, source: string) => void;

/** The check. Its parser takes 2 MB, and is loaded for the first design document: most servers never see one. */
export async function loadSourceCheck(): Promise<SourceCheck> {
  const { parse } = await import('acorn');
  return (what, source) => checkSource(parse, what, source);
}

function checkSource(parse: typeof Parse, what: string, source: string): void {
  if (source.length > viewLimits.sourceLength)
    throw bad(`${what} is longer than ${viewLimits.sourceLength} characters`);
  try {
    const [statement, ...more] = parse(`(${source}\n)`, { ecmaVersion }).body;
    const isCallable = statement?.type === 'ExpressionStatement' && callable.has(statement.expression.type);
    if (!isCallable || more.length > 0) throw new TypeError('the source is not a function expression');
  } catch (error) {
    throw bad(`${what} does not compile: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

// What a call or another operator gives is only known when it runs, in the sandbox.
const callable = new Set([
  'FunctionExpression',
  'ArrowFunctionExpression',
  'CallExpression',
  'SequenceExpression',
  'LogicalExpression',
  'ConditionalExpression',
  'MemberExpression',
  'AssignmentExpression',
  'Identifier',
  'NewExpression',
]);

function bad(cause: string, error?: unknown): LabError {
  const next = 'write it as function (doc, meta) { emit(key, value); }';
  return new LabError({ code: 'input.map', cause, next, ...(error === undefined ? {} : { error }) });
}
