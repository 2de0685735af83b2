import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TSchema } from "@sinclair/typebox";
import { Kind } from "@sinclair/typebox";
import ts from "typescript";

/** A JSON Schema of draft 2020-12, which OpenAPI 3.1 and AsyncAPI 3 take. */
export type Schema = Readonly<Record<string, unknown>>;

/** One member of a union of frames. */
export interface FrameType {
  readonly type: string;
  readonly doc: string;
  readonly schema: Schema;
}

const protocol = fileURLToPath(new URL("../../../gateway/protocol", import.meta.url));
const files = readdirSync(protocol, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `${protocol}/${name}`);

/**
 * Reads `gateway/protocol` as text: JSON Schemas of what is declared as a type, and the doc comments of everything. What
 * is declared as a TypeBox schema is taken as it is.
 */
export class TypeReader {
  readonly #checker: ts.TypeChecker;
  readonly #declared = new Map<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration>();
  readonly #values = new Map<string, ts.VariableDeclaration>();
  readonly #schemas: ReadonlyMap<string, TSchema>;
  /** Names that schemas have referred to so far. */
  readonly #used = new Map<string, Schema>();

  private constructor(modules: readonly Readonly<Record<string, unknown>>[]) {
    const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    const program = ts.createProgram(files, {
      ...options,
      target: ts.ScriptTarget.ES2023,
      strict: true,
      types: [],
      allowImportingTsExtensions: true,
      noEmit: true,
    });
    this.#checker = program.getTypeChecker();
    for (const file of program.getSourceFiles()) if (file.fileName.startsWith(protocol)) this.#declarations(file);
    const found = modules.flatMap((module) => Object.entries(module).filter((entry) => isTypeBox(entry[1])));
    this.#schemas = new Map(found as [string, TSchema][]);
  }

  static async open(): Promise<TypeReader> {
    const modules = files.map((file) => import(file) as Promise<Readonly<Record<string, unknown>>>);
    return new TypeReader(await Promise.all(modules));
  }

  /** All that `frames` and `named` have referred to, by name. */
  get used(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#used].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Begins another document. */
  forget(): void {
    this.#used.clear();
  }

  /** A reference to an exported type. */
  named(name: string): Schema {
    if (!this.#used.has(name)) {
      this.#used.set(name, {});
      this.#used.set(name, this.#declaration(name));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** One field of an interface: what it holds, and its comment. */
  field(of: string, name: string): { readonly data: Schema; readonly doc: string } {
    const declared = this.#declared.get(of);
    const members = declared && ts.isInterfaceDeclaration(declared) ? this.#members(declared) : [];
    const found = members.find((one) => one.name && ts.isStringLiteral(one.name) && one.name.text === name);
    if (!found || !ts.isPropertySignature(found) || !found.type) throw new Error(`no ${name} in ${of}`);
    return { data: this.#node(found.type), doc: docOf(found) };
  }

  /** The members of a union of frames; unions in it are opened. */
  frames(name: string): readonly FrameType[] {
    const declared = this.#declared.get(name);
    if (!declared) throw new Error(`no type ${name}`);
    if (ts.isInterfaceDeclaration(declared)) return [this.#frame(declared, docOf(declared), this.#members(declared))];
    return this.#opened(declared.type, docOf(declared));
  }

  /** The doc comment of an exported schema, and those of the fields in it. */
  docOf(name: string): { readonly doc: string; readonly fields: Readonly<Record<string, string>> } {
    const value = this.#values.get(name);
    const fields: Record<string, string> = {};
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAssignment(node) && docOf(node) !== "") fields[node.name.getText()] ??= docOf(node);
      ts.forEachChild(node, visit);
    };
    if (value) visit(value);
    return { doc: value ? docOf(value.parent.parent) : "", fields };
  }

  /** The name under which a schema is exported. */
  nameOf(schema: TSchema): string | undefined {
    return [...this.#schemas].find(([, one]) => one === schema)?.[0];
  }

  #declarations(file: ts.SourceFile): void {
    for (const statement of file.statements) {
      if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
        this.#declared.set(statement.name.text, statement);
      if (ts.isVariableStatement(statement))
        for (const one of statement.declarationList.declarations) this.#values.set(one.name.getText(), one);
    }
  }

  #declaration(name: string): Schema {
    const schema = this.#schemas.get(name);
    const declared = this.#declared.get(name);
    const doc = (declared && docOf(declared)) || this.docOf(name).doc;
    const described = doc === "" ? {} : { description: doc };
    if (schema) return { ...described, ...plain(schema) };
    if (!declared) throw new Error(`no type ${name}`);
    if (ts.isInterfaceDeclaration(declared)) return { ...described, ...this.#object(this.#members(declared)) };
    return { ...described, ...this.#node(declared.type) };
  }

  /** Its own and those of what it extends. */
  #members(declared: ts.InterfaceDeclaration): readonly ts.TypeElement[] {
    const bases = (declared.heritageClauses ?? []).flatMap(({ types }) => types.map((one) => one.expression.getText()));
    const inherited = bases.flatMap((base) => {
      const found = this.#declared.get(base);
      return found && ts.isInterfaceDeclaration(found) ? this.#members(found) : [];
    });
    const own = new Set(declared.members.map((member) => member.name?.getText()));
    return [...inherited.filter((member) => !own.has(member.name?.getText())), ...declared.members];
  }

  #object(members: readonly ts.TypeElement[]): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const member of members) {
      if (!ts.isPropertySignature(member) || !member.type) throw new Error(`not a field: ${member.getText()}`);
      const name = member.name.getText();
      const doc = docOf(member);
      properties[name] = { ...this.#node(member.type), ...(doc !== "" && { description: doc }) };
      if (!member.questionToken) required.push(name);
    }
    return { type: "object", properties, ...(required.length > 0 && { required }) };
  }

  #node(node: ts.TypeNode): Schema {
    if (ts.isParenthesizedTypeNode(node)) return this.#node(node.type);
    if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword) return this.#node(node.type);
    if (ts.isArrayTypeNode(node)) return { type: "array", items: this.#node(node.elementType) };
    if (ts.isTypeLiteralNode(node)) return this.#object(node.members);
    if (ts.isTypeReferenceNode(node) && this.#isNamed(node.typeName.getText()))
      return this.named(node.typeName.getText());
    if (ts.isUnionTypeNode(node) && !node.types.every(ts.isLiteralTypeNode))
      return { anyOf: node.types.map((one) => this.#node(one)) };
    return this.#type(this.#checker.getTypeFromTypeNode(node), node);
  }

  #isNamed(name: string): boolean {
    return this.#declared.has(name) || this.#schemas.has(name);
  }

  /** What is left when all names are followed: texts, numbers, and the like. */
  #type(type: ts.Type, node: ts.TypeNode): Schema {
    if (type.isUnion() && type.types.every((one) => one.isStringLiteral()))
      return { type: "string", enum: type.types.map((one) => (one as ts.StringLiteralType).value) };
    if (type.flags & ts.TypeFlags.Null) return { type: "null" };
    if (type.isLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === "true" };
    if (type.flags & ts.TypeFlags.String) return { type: "string" };
    if (type.flags & ts.TypeFlags.Number) return { type: "number" };
    if (type.flags & ts.TypeFlags.Boolean) return { type: "boolean" };
    const limit = type.flags & ts.TypeFlags.TypeParameter ? type.getConstraint() : undefined;
    if (limit) return this.#type(limit, node);
    // What a parameter decides is said where the parameter is given.
    if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.IndexedAccess)) return {};
    const declared = type.symbol?.declarations?.[0];
    if (declared && ts.isTypeLiteralNode(declared)) return this.#object(declared.members);
    throw new Error(`no schema for ${node.getText()}`);
  }

  #opened(node: ts.TypeNode, doc: string): readonly FrameType[] {
    if (ts.isParenthesizedTypeNode(node)) return this.#opened(node.type, doc);
    if (ts.isUnionTypeNode(node)) return node.types.flatMap((one) => this.#opened(one, docBefore(one)));
    if (ts.isTypeReferenceNode(node)) {
      return this.frames(node.typeName.getText()).map((frame) => (frame.doc === "" ? { ...frame, doc } : frame));
    }
    return [this.#frame(node, doc, this.#fieldsOf(node))];
  }

  #fieldsOf(node: ts.TypeNode): readonly ts.TypeElement[] {
    if (ts.isParenthesizedTypeNode(node)) return this.#fieldsOf(node.type);
    if (ts.isTypeLiteralNode(node)) return [...node.members];
    if (ts.isIntersectionTypeNode(node)) return node.types.flatMap((one) => this.#fieldsOf(one));
    const declared = ts.isTypeReferenceNode(node) && this.#declared.get(node.typeName.getText());
    if (declared && ts.isInterfaceDeclaration(declared)) return this.#members(declared);
    throw new Error(`no fields in ${node.getText()}`);
  }

  #frame(node: ts.Node, doc: string, members: readonly ts.TypeElement[]): FrameType {
    const schema = this.#object(members);
    const { type } = schema["properties"] as Record<string, { const?: string }>;
    if (type?.const === undefined) throw new Error(`no type in ${node.getText()}`);
    return { type: type.const, doc, schema };
  }
}

const isTypeBox = (value: unknown): boolean => typeof value === "object" && value !== null && Kind in value;

/** Without the symbols that TypeBox keeps in it. */
export const plain = (schema: TSchema): Schema => JSON.parse(JSON.stringify(schema)) as Schema;

/** The text of a doc comment, on one line; what follows a tag is for whoever reads the code. */
export function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return comments.map((comment) => oneLine(ts.getTextOfJSDocComment(comment.comment) ?? "")).join(" ");
}

/** A member of a union is no declaration: its comment stands before the bar. */
function docBefore(node: ts.Node): string {
  const before = node.getSourceFile().text.slice(0, node.getStart());
  const [, text = ""] = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*\|?\s*$/.exec(before) ?? [];
  return oneLine(text.replace(/^\s*\*/gm, ""));
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
