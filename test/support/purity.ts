import * as path from "node:path";
import ts from "typescript";

const FORBIDDEN_NAMES = new Set([
  "process",
  "require",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "console",
  "globalThis",
]);
const FORBIDDEN_PROPERTIES = new Set(["Date.now", "Math.random", "performance.now"]);

/**
 * What makes a source impure: an import beyond zod and policies/, a clock, chance, or the process.
 * `name` is the source's path within policies/.
 */
export function impurities(source: string, name = "source.ts"): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = impurity(node, file);
    if (what !== undefined) found.push(what);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function impurity(node: ts.Node, file: ts.SourceFile): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    const from = (node.moduleSpecifier as ts.StringLiteral).text;
    return from === "zod" || isWithinPolicies(from, file.fileName)
      ? undefined
      : `import of ${from}`;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return "import()";
  }
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText(file);
    return FORBIDDEN_PROPERTIES.has(text) ? text : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText(file) === "Date") {
    return node.arguments?.length ? undefined : "new Date()";
  }
  if (ts.isCallExpression(node) && node.expression.getText(file) === "Date") return "Date()";
  if (ts.isIdentifier(node) && FORBIDDEN_NAMES.has(node.text) && !isMemberName(node)) {
    return node.text;
  }
  return undefined;
}

function isWithinPolicies(from: string, importer: string): boolean {
  if (!/^\.\.?\//.test(from)) return false;
  const target = path.posix.join(path.posix.dirname(importer), from);
  return !target.startsWith("..");
}

/** In `x.process`, `{ process: 1 }` or `{ process() {} }` the word is a name of the source's own. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
      parent.name === node)
  );
}
