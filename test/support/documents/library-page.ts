import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { code, table } from "./markdown.ts";
import { docOf } from "./type-reader.ts";

const index = fileURLToPath(new URL("../../../webclient/index.ts", import.meta.url));

const head = `# Library

What \`@offhook/client\` exports, with the comments of its sources: \`npm run docs\` writes this page.
[Getting started](getting-started.md) shows how it goes together, [errors](errors.md) what can go wrong.
`;

interface Export {
  readonly name: string;
  /** Further names of it. */
  readonly also: readonly string[];
  readonly declaration: ts.Statement;
}

/** docs/library.md. */
export function libraryPage(): string {
  return [head, ...exportsOf(index).map(section)].join("\n");
}

function exportsOf(file: string): readonly Export[] {
  const found = new Map<ts.Statement, { name: string; also: string[] }>();
  for (const statement of sourceOf(file).statements) {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier || !statement.exportClause) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    const from = resolve(dirname(file), (statement.moduleSpecifier as ts.StringLiteral).text);
    for (const { name, propertyName = name } of statement.exportClause.elements) {
      const declaration = find(from, propertyName.text);
      const known = found.get(declaration);
      if (known) known.also.push(name.text);
      else found.set(declaration, { name: name.text, also: [] });
    }
  }
  return [...found].map(([declaration, names]) => ({ declaration, ...names }));
}

/** Where a name is declared, or whence it is passed on. */
function find(file: string, name: string): ts.Statement {
  for (const statement of sourceOf(file).statements) {
    if (namesOf(statement).includes(name)) return statement;
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const clause = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    const from = statement.moduleSpecifier;
    if (!clause || ts.isNamespaceImport(clause) || ts.isNamespaceExport(clause) || !from) continue;
    const passed = [...clause.elements].find((one) => one.name.text === name);
    if (passed && ts.isStringLiteral(from))
      return find(resolve(dirname(file), from.text), (passed.propertyName ?? passed.name).text);
  }
  throw new Error(`${file} does not export ${name}`);
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return name && ts.isIdentifier(name) ? [name.text] : [];
}

const sources = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const known = sources.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  sources.set(file, source);
  return source;
}

function section({ name, also, declaration }: Export): string {
  const aliases = also.length > 0 ? `Also exported as ${also.map(code).join(", ")}.\n` : "";
  const doc = docOf(declaration);
  return [`## ${name}\n`, doc === "" ? "" : `${doc}\n`, aliases, body(declaration)]
    .filter((part) => part !== "")
    .join("\n");
}

function body(declaration: ts.Statement): string {
  if (ts.isInterfaceDeclaration(declaration)) return extended(declaration) + members(declaration.members);
  if (ts.isClassDeclaration(declaration)) return extended(declaration) + members(declaration.members);
  if (ts.isTypeAliasDeclaration(declaration)) return fenced(signature(declaration));
  return fenced(signature(declaration));
}

function extended({ heritageClauses }: ts.InterfaceDeclaration | ts.ClassDeclaration): string {
  const bases = (heritageClauses ?? []).map((clause) => clause.getText());
  return bases.length > 0 ? `${code(bases.join(" "))}\n\n` : "";
}

function members(all: readonly (ts.TypeElement | ts.ClassElement)[]): string {
  const rows = all.filter(isPublic).map((member) => [code(signature(member)), docOf(member)]);
  return table(["Member", "Meaning"], rows);
}

function isPublic(member: ts.TypeElement | ts.ClassElement): boolean {
  if (ts.isConstructorDeclaration(member) || ts.isSetAccessor(member) || ts.isClassStaticBlockDeclaration(member))
    return false;
  if (!member.name || ts.isPrivateIdentifier(member.name)) return false;
  return (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0;
}

/** A declaration without its body, on one line. */
function signature(node: ts.Node): string {
  const { body: block } = node as ts.Node & { readonly body?: ts.Node };
  const { initializer } = node as ts.Node & { readonly initializer?: ts.Node };
  const end = block?.getStart() ?? initializer?.getStart() ?? node.end;
  const text = node.getSourceFile().text.slice(node.getStart(), end);
  const bare = text.replace(/\/\*\*?[^]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  return bare
    .replace(/\s+/g, " ")
    .replace(/^export /, "")
    .replace(/[;=]\s*$/, "")
    .trim();
}

const fenced = (text: string): string => `\`\`\`ts\n${text}\n\`\`\`\n`;
