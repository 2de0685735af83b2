import type { TSchema } from "@sinclair/typebox";
import { format } from "prettier";
import { settings, type Setting } from "../../gateway/config.ts";

const head = `# Configuration

Every setting of the gateway, with what it is when nobody sets it. \`npm run docs\` writes this page from the schema in
\`gateway/config.ts\`; change it there.

A YAML file named by \`GATEWAY_CONFIG\` gives the keys as a tree (\`http.port\` is \`port\` below \`http\`); environment
variables win over it. A list in a variable is separated by commas. A wrong value, or a name that is not here, stops the
gateway at start with a line that names it.

| Key | Variable | Default | Meaning |
| --- | --- | --- | --- |
`;

const code = (text: string): string => `\`${text}\``;

function row({ key, env, schema }: Setting): string {
  const cells = [code(key), env ? code(env) : "only in the file", preset(schema), schema.description ?? ""];
  return `| ${cells.join(" | ")} |`;
}

function preset({ default: value, type }: TSchema): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((item) => code(String(item))).join(", ");
  return type === "integer" ? String(value) : code(String(value));
}

/** One table for each setting that is a list of objects, with a row a field. */
function fields({ key, schema }: Setting): string {
  const item = schema["items"] as TSchema;
  const required = new Set(item["required"] as string[] | undefined);
  const rows = Object.entries(item["properties"] as Record<string, TSchema>).map(
    ([name, { description = "" }]) => `| ${[code(name), required.has(name) ? "yes" : "no", description].join(" | ")} |`,
  );
  return `\n## Each of ${code(key)}\n\n| Field | Required | Meaning |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** The page as it should be. */
export function configurationPage(): Promise<string> {
  const lists = settings.filter(({ env }) => env === undefined);
  return format(head + settings.map(row).join("\n") + "\n" + lists.map(fields).join(""), { parser: "markdown" });
}
