import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { exitCodes } from '#errors/lab-error.ts';

/** A code as it stands in a source, and where. */
export interface ThrownCode {
  readonly code: string;
  readonly place: string;
}

const shape = new RegExp(`^(?:${Object.keys(exitCodes).join('|')})\\.[\\w.*-]+$`);

/**
 * The codes that a TypeScript source makes errors with: the property `code`, however it is chosen, the first argument of
 * a function that makes an error (`etcdFailure('timeout.etcd', ...)`), a constant of type ErrorCode. Comments,
 * comparisons and file names are none.
 */
export function codesInTypeScript(path: string, text: string): ThrownCode[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: ThrownCode[] = [];
  const add = (node: ts.Node, code: string): void => {
    found.push({ code, place: `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}` });
  };
  const take = (value: ts.Expression): void => {
    for (const node of alternatives(value)) if (shape.test(node.text)) add(node, node.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && nameOf(node) === 'code') take(node.initializer);
    if (ts.isVariableDeclaration(node) && node.initializer && node.type?.getText() === 'ErrorCode')
      take(node.initializer);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.arguments[0]) take(node.arguments[0]);
    if (ts.isObjectLiteralExpression(node))
      for (const code of [...checkCode(node), ...programCode(node)]) add(node, code);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The codes of the launcher's `fail CODE CAUSE NEXT`. */
export function codesInShell(path: string, text: string): ThrownCode[] {
  return text.split('\n').flatMap((line, i) =>
    [...line.replace(/^\s*#.*/, '').matchAll(/\bfail ([a-z]+\.[\w-]+)/g)].map((match) => ({
      code: match[1] ?? '',
      place: `${path}:${i + 1}`,
    })),
  );
}

/** All codes of these sources. */
export function thrownCodes(root: string, paths: readonly string[]): ThrownCode[] {
  return paths.flatMap((path) => {
    const text = readFileSync(`${root}/${path}`, 'utf8');
    return /\.tsx?$/.test(path) ? codesInTypeScript(path, text) : codesInShell(path, text);
  });
}

/** The texts that an expression may be: both sides of `?:` and the default of `??`. */
function alternatives(value: ts.Expression): ts.StringLiteralLike[] {
  if (ts.isStringLiteralLike(value)) return [value];
  if (ts.isParenthesizedExpression(value)) return alternatives(value.expression);
  if (ts.isConditionalExpression(value)) return [...alternatives(value.whenTrue), ...alternatives(value.whenFalse)];
  if (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [...alternatives(value.left), ...alternatives(value.right)];
  return [];
}

/** A check of the doctor (`{ id, title, run }`) becomes host.ID in requireFitHost. */
function checkCode(node: ts.ObjectLiteralExpression): string[] {
  const id = valueOf(node, 'id');
  const isCheck = valueOf(node, 'title') !== undefined && node.properties.some((one) => nameOf(one) === 'run');
  return isCheck && id !== undefined && ts.isStringLiteral(id) ? [`host.${id.text}`] : [];
}

/** A program of runContained (`{ program, purpose, ... }`) becomes command.PROGRAM; of a path its last part. */
function programCode(node: ts.ObjectLiteralExpression): string[] {
  const program = valueOf(node, 'program');
  const isContained = node.properties.some((one) => nameOf(one) === 'purpose');
  if (program === undefined || !isContained) return [];
  const last = ts.isCallExpression(program) ? program.arguments.at(-1) : program;
  return last !== undefined && ts.isStringLiteral(last) ? [`command.${last.text}`] : [];
}

function valueOf(node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  return node.properties.filter(ts.isPropertyAssignment).find((one) => nameOf(one) === name)?.initializer;
}

function nameOf(node: ts.ObjectLiteralElementLike): string | undefined {
  return node.name?.getText();
}
