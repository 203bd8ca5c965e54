import ts from 'typescript';
import { markdown, type Token } from '#site/markdown.ts';

/** Programs whose lines in a document are commands. */
const programs = ['lab', 'fleetctl', 'etcdctl', 'vagrant', 'docker', 'npm', 'ssh', 'curl'];
/** `lab` commands whose next word says what is done. */
const groups = ['scenario', 'image', 'snapshot', 'guide', 'fleetctl', 'vagrant', 'completion', 'test'];

/** Command lines of a document: listings' lines, without prompt and comment, and what is set as code within a text. Pure. */
export function commandLinesIn(text: string): string[] {
  const lines = (token: Token): string[] => {
    if (token.type === 'code_inline') return [token.content];
    if (token.type === 'fence') return token.content.split('\n').map(withoutPrompt);
    return (token.children ?? []).flatMap(lines);
  };
  return markdown
    .parse(text, {})
    .flatMap(lines)
    .flatMap((line) => line.split(/&&|\s\|\s|;\s|"\$\(|\s{4,}/))
    .map((line) => line.replace(/\s#\s.*/, '').replace(/^[\s"]+|[)"\s]+$/g, ''))
    .flatMap(alternatives)
    .filter((line) => shapeOf(line) !== undefined);
}

/** `up [--dry-run|--profile]` is two commands, and so is `vagrant up|halt`. */
function alternatives(line: string): string[] {
  const [, before = '', either = '', after = ''] =
    /^(.*)\[([^\]]*\|[^\]]*)\](.*)$/.exec(line) ?? /^(\S+ )([^[]*\w\|.*)()$/.exec(line) ?? [];
  return either === '' ? [line] : either.split('|').map((one) => `${before}${one}${after}`);
}

function withoutPrompt(line: string): string {
  return line.replace(/^\s*(\[lab [^\]]*\] \S+# |\$ )/, '');
}

/**
 * What a command does, whatever it does it to: program, the word that says what, and options, in order of their names:
 * `./lab scenario failover --by cut` is `lab scenario failover --by`. Pure.
 * @returns undefined where it is no command of those programs
 */
export function shapeOf(line: string): string | undefined {
  const words = line.replace(/^(sudo |timeout (--foreground )?\d+ )/, '').split(/\s+/);
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  if (!programs.includes(program) || words.length < 2) return undefined;
  const named = takeName(words.slice(1));
  const verb = named.findIndex((word) => /^[a-z][a-z-]*$/.test(word));
  const deep = program === 'lab' && groups.includes(named[verb] ?? '') ? named[verb + 1] : undefined;
  const isWord = deep !== undefined && /^[a-z][a-z-]*$/.test(deep);
  const rest = named.slice(0, named.indexOf('--') === -1 ? undefined : named.indexOf('--') + 1);
  const options = rest.filter((word) => /^\[?-{1,2}[a-zA-Z]/.test(word) || word === '--').map(optionName);
  const parts = [program, named[verb] ?? '', isWord ? deep : '', ...new Set(options.toSorted())];
  return parts.filter((part) => part !== '').join(' ');
}

/** `--name second` may stand anywhere; it is another lab's same command. */
function takeName(words: readonly string[]): string[] {
  const at = words.indexOf('--name');
  return at === -1 ? [...words] : words.filter((_, index) => index !== at && index !== at + 1);
}

function optionName(word: string): string {
  return word.replace(/^\[/, '').replace(/[=\]].*$/, '');
}

/**
 * Shapes of the commands that a test's source runs: rows of texts (`lab('status', '--json')`, a table of cases), and texts that are
 * command lines. What it only expects to read is no command of its. Pure.
 */
export function shapesInTest(source: string): string[] {
  const said: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isExpectation(node)) return visit(node.expression.expression);
    if (ts.isCallExpression(node)) said.push([...calledAs(node.expression), ...textsOf(node.arguments)].join(' '));
    if (ts.isArrayLiteralExpression(node)) said.push(textsOf(node.elements).join(' '));
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) said.push(node.text);
    if (ts.isTemplateExpression(node)) said.push(templateText(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest));
  const lines = said.flatMap((text) => text.split(/\n|&&|\s\|\s|;\s?|"\$\(/).map((line) => line.trim()));
  return lines.flatMap((line) => [shapeOf(line), shapeOf(`lab ${line}`)]).filter((shape) => shape !== undefined);
}

/** `.toContain(...)` and its like: the texts in there were read. */
function isExpectation(
  node: ts.Node,
): node is ts.CallExpression & { readonly expression: ts.PropertyAccessExpression } {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /^to[A-Z]/.test(node.expression.name.text)
  );
}

/** What a test's own function runs, by its name. */
const callees: Readonly<Record<string, string>> = {
  fleetctl: 'fleetctl',
  runFleetctl: 'fleetctl',
  etcdctl: 'etcdctl',
  docker: 'docker',
  vagrant: 'vagrant',
  guide: 'lab guide',
  passes: 'lab scenario',
};

function calledAs(callee: ts.Expression): string[] {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : ts.isIdentifier(callee) ? callee.text : '';
  return callees[name] === undefined ? [] : [callees[name]];
}

function textsOf(nodes: readonly ts.Node[]): string[] {
  return nodes.flatMap((node) => {
    if (ts.isArrayLiteralExpression(node)) return textsOf(node.elements);
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
    return ts.isTemplateExpression(node) ? [templateText(node)] : [];
  });
}

/** Each value is a word. */
function templateText(node: ts.TemplateExpression): string {
  return node.head.text + node.templateSpans.map(({ literal }) => `VALUE${literal.text}`).join('');
}

/** Whether what was run does as much: the same words, and these options or more. Pure. */
export function isRunBy(shape: string, ran: readonly string[]): boolean {
  const [words, options] = parted(shape);
  return ran.some((one) => {
    const [others, more] = parted(one);
    return others === words && options.every((option) => more.includes(option));
  });
}

function parted(shape: string): [words: string, options: string[]] {
  const parts = shape.split(' ');
  const options = parts.filter((part) => part.startsWith('-'));
  return [parts.filter((part) => !options.includes(part)).join(' '), options];
}
