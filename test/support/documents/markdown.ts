import type { Schema } from "./type-reader.ts";

export const code = (text: string): string => `\`${text}\``;

/** A cell of a table holds one line, and no bar. */
const cell = (text: string): string => text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

/** The fields of an object: name, form, whether it must be there, meaning. */
export function fieldTable(schema: Schema, except: readonly string[] = []): string {
  const required = new Set(schema["required"] as readonly string[] | undefined);
  const properties = Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, Schema>>);
  return table(
    ["Field", "Form", "Required", "Meaning"],
    properties
      .filter(([name]) => !except.includes(name))
      .map(([name, field]) => [code(name), formOf(field), required.has(name) ? "yes" : "no", meaningOf(field)]),
  );
}

const meaningOf = (field: Schema): string => String(field["description"] ?? "");

/** A schema in a few words. */
export function formOf(schema: Schema): string {
  const { $ref, type, anyOf, allOf, items, properties } = schema as Readonly<Record<string, never>> & {
    readonly anyOf?: readonly Schema[];
    readonly allOf?: readonly Schema[];
    readonly items?: Schema;
    readonly properties?: Readonly<Record<string, Schema>>;
  };
  if (typeof $ref === "string") return link(String($ref).split("/").at(-1) ?? "");
  if ("const" in schema) return code(JSON.stringify(schema["const"]));
  if ("enum" in schema)
    return (schema["enum"] as readonly unknown[]).map((one) => code(JSON.stringify(one))).join(", ");
  if (anyOf) return anyOf.map(formOf).join(" or ");
  if (allOf) return formOf(Object.assign({}, ...allOf) as Schema);
  if (items) return `list of ${formOf(items)}`;
  if (properties)
    return `{ ${Object.entries(properties)
      .map(([name, one]) => `${name}: ${formOf(one)}`)
      .join(", ")} }`;
  return type === undefined ? "any JSON" : `${String(type)}${bounds(schema)}`;
}

const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;

function bounds({ minimum, maximum, minLength, maxLength }: Schema): string {
  const [least, most] = [minimum ?? minLength, maximum ?? maxLength];
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return ` from ${String(least)}`;
  return least === undefined ? ` up to ${String(most)}` : ` ${String(least)} to ${String(most)}`;
}

/** What tables refer to, each under its name. */
export function valueSections(used: Readonly<Record<string, Schema>>): string {
  return Object.entries(used)
    .map(([name, schema]) => {
      const body = "properties" in schema ? fieldTable(schema) : `${formOf(schema)}\n`;
      return `### ${name}\n\n${"description" in schema ? `${meaningOf(schema)}\n\n` : ""}${body}`;
    })
    .join("\n");
}
