import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..");
const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(String(messageText));
  },
};

/** Writes the declarations of `files`, and of all that they import, into `folder`: for readers, without our insides. */
export function writeDeclarations(files, folder) {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, host);
  const program = ts.createProgram(files, {
    ...config.options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    types: [],
    rootDir: root,
    outDir: folder,
  });
  const { diagnostics } = program.emit(undefined, (name, text) => ts.sys.writeFile(name, text), undefined, true, {
    afterDeclarations: [forReaders(program.getTypeChecker())],
  });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
}

function forReaders(checker) {
  return () => (file) => {
    const computed = new Set(file.statements.filter(isComputed).map(({ name }) => name.text));
    const statements = file.statements
      .filter((statement) => !isSchema(statement, computed))
      .map((statement) => (isComputed(statement) ? writtenOut(checker, statement) : statement))
      .map((statement) => (isClassOf("LiveObject", statement) ? withoutConstructor(statement) : statement))
      .map((statement) => (isClassOf("OffhookElement", statement) ? plainElement(statement) : statement));
    return ts.factory.updateSourceFile(file, statements);
  };
}

/** `type X = Static<typeof X>`: what a schema describes. */
const isComputed = (node) =>
  ts.isTypeAliasDeclaration(node) && ts.isTypeReferenceNode(node.type) && node.type.typeName.text === "Static";

const isSchema = (node, computed) =>
  ts.isVariableStatement(node) && node.declarationList.declarations.some(({ name }) => computed.has(name.text));

/** The type itself, so that nobody needs the schemas and their library to read it. */
function writtenOut(checker, node) {
  const { name } = ts.getOriginalNode(node);
  const flags = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.InTypeAlias;
  const written = checker.typeToTypeNode(checker.getTypeAtLocation(name), undefined, flags);
  return ts.factory.updateTypeAliasDeclaration(node, node.modifiers, node.name, node.typeParameters, written);
}

const isClassOf = (base, node) =>
  ts.isClassDeclaration(node) && node.heritageClauses?.some(({ types }) => types[0].expression.text === base);

/** Sessions, calls and the like come from the library; what it makes them of is not told, unless that has a comment. */
const withoutConstructor = (node) =>
  ts.factory.updateClassDeclaration(
    node,
    node.modifiers,
    node.name,
    node.typeParameters,
    node.heritageClauses,
    node.members.filter((member) => !ts.isConstructorDeclaration(member) || isExplained(member)),
  );

const isExplained = (node) => ts.getJSDocCommentsAndTags(ts.getOriginalNode(node)).length > 0;

/** An element is an `HTMLElement` with some properties and methods more: what it is made with is not told either. */
function plainElement(node) {
  const base = ts.factory.createExpressionWithTypeArguments(ts.factory.createIdentifier("HTMLElement"), undefined);
  return ts.factory.updateClassDeclaration(
    node,
    node.modifiers,
    node.name,
    node.typeParameters,
    [ts.factory.createHeritageClause(ts.SyntaxKind.ExtendsKeyword, [base])],
    node.members.filter(isForReaders),
  );
}

/** What Lit calls. */
const lifecycle = ["render", "updated", "willUpdate", "connectedCallback", "disconnectedCallback"];
const hidden = [ts.SyntaxKind.StaticKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.PrivateKeyword];

const isForReaders = ({ name, modifiers = [] }) =>
  name !== undefined &&
  !ts.isPrivateIdentifier(name) &&
  !lifecycle.includes(name.text) &&
  !modifiers.some(({ kind }) => hidden.includes(kind));
