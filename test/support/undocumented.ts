import ts from 'typescript';

/** Interfaces by name. Two of the same name are both asked: what one of them leaves untold is untold. */
export type Interfaces = ReadonlyMap<string, readonly ts.InterfaceDeclaration[]>;

/** A source as a tree. Pure. */
export function parseSource(path: string, text: string): ts.SourceFile {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
}

/** The interfaces that sources declare. Pure. */
export function interfacesOf(sources: readonly ts.SourceFile[]): Interfaces {
  const byName = new Map<string, ts.InterfaceDeclaration[]>();
  for (const found of sources.flatMap(({ statements }) => statements.filter(ts.isInterfaceDeclaration)))
    byName.set(found.name.text, [...(byName.get(found.name.text) ?? []), found]);
  return byName;
}

/**
 * Names of what a source offers to others and says nothing of: exported functions, also as constants, and of exported classes the public
 * methods and accessors. A member of an interface that the class implements is told there, or nowhere. Pure.
 */
export function undocumented(source: ts.SourceFile, interfaces: Interfaces): string[] {
  const functions = source.statements.filter(ts.isFunctionDeclaration);
  // Of several signatures one is enough.
  const told = new Set(functions.filter(isTold).map(nameOf));
  return source.statements.filter(isExported).flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement)) return told.has(nameOf(statement)) ? [] : [nameOf(statement)];
    if (ts.isVariableStatement(statement))
      return isTold(statement) ? [] : statement.declarationList.declarations.filter(isFunction).map(nameOf);
    if (ts.isClassDeclaration(statement)) return untoldMembers(statement, interfaces);
    return [];
  });
}

/** The calls of an interface that it says nothing of; undefined when the source has no such interface. Pure. */
export function untoldCalls(source: ts.SourceFile, name: string): string[] | undefined {
  const found = source.statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === name);
  return found?.members.filter((member) => isCall(member) && !isTold(member)).map(nameOf);
}

function untoldMembers(of: ts.ClassDeclaration, interfaces: Interfaces): string[] {
  const methods = of.members.filter((member) => isMethod(member) && !isInner(member));
  // Of what is read and set one is enough.
  const told = new Set(methods.filter(isTold).map(nameOf));
  const inherited = (of.heritageClauses ?? [])
    .filter(({ token }) => token === ts.SyntaxKind.ImplementsKeyword)
    .flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
  const untold = methods
    .map(nameOf)
    .filter((name) => !told.has(name) && !inherited.some((base) => isToldIn(base, name, interfaces)));
  return [...new Set(untold)].map((name) => `${nameOf(of)}.${name}`);
}

/** One that no source declares is a library's, which tells of it. */
function isToldIn(base: string, member: string, interfaces: Interfaces): boolean {
  const declared = interfaces.get(base);
  if (declared === undefined) return true;
  const found = declared.flatMap(({ members }) => members.filter((one) => nameOf(one) === member));
  if (found.length > 0) return found.every(isTold);
  const bases = declared.flatMap(({ heritageClauses }) => (heritageClauses ?? []).flatMap(({ types }) => types));
  return bases.some(({ expression }) => isToldIn(expression.getText(), member, interfaces));
}

function isMethod(member: ts.ClassElement): boolean {
  return (
    ts.isMethodDeclaration(member) || ts.isAccessor(member) || (ts.isPropertyDeclaration(member) && isFunction(member))
  );
}

function isCall(member: ts.TypeElement): boolean {
  if (ts.isMethodSignature(member)) return true;
  return ts.isPropertySignature(member) && member.type !== undefined && ts.isFunctionTypeNode(member.type);
}

/** Told by the class above, or open to nobody else. */
function isInner(node: ts.ClassElement): boolean {
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  const inner = [ts.SyntaxKind.OverrideKeyword, ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) => inner.includes(kind));
}

function isFunction({ initializer }: ts.VariableDeclaration | ts.PropertyDeclaration): boolean {
  return initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer));
}

function isExported(node: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function isTold(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).some((one) => one.kind === ts.SyntaxKind.JSDoc);
}

function nameOf(node: ts.NamedDeclaration): string {
  return node.name?.getText() ?? 'default';
}
