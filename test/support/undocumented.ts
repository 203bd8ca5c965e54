import ts from 'typescript';

/**
 * Names of what a source offers as a function to others and says nothing of: exported functions, also as constants, and the public methods of
 * exported classes. Those of a class that implements an interface are told there. Pure.
 */
export function undocumented(path: string, text: string): string[] {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const functions = source.statements.filter(ts.isFunctionDeclaration);
  // Of several signatures one is enough.
  const told = new Set(functions.filter(isTold).map(nameOf));
  return source.statements.filter(isExported).flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement)) return told.has(nameOf(statement)) ? [] : [nameOf(statement)];
    if (ts.isVariableStatement(statement))
      return isTold(statement) ? [] : statement.declarationList.declarations.filter(isFunction).map(nameOf);
    if (ts.isClassDeclaration(statement)) return methods(statement);
    return [];
  });
}

function methods(of: ts.ClassDeclaration): string[] {
  const told = (of.heritageClauses ?? []).some(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);
  if (told) return [];
  return of.members
    .filter(ts.isMethodDeclaration)
    .filter((method) => !ts.isPrivateIdentifier(method.name) && !isInner(method) && !isTold(method))
    .map((method) => `${nameOf(of)}.${nameOf(method)}`);
}

/** Told by the class above, or open to nobody else. */
function isInner(node: ts.MethodDeclaration): boolean {
  const inner = [ts.SyntaxKind.OverrideKeyword, ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return (node.modifiers ?? []).some(({ kind }) => inner.includes(kind));
}

function isFunction({ initializer }: ts.VariableDeclaration): boolean {
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
