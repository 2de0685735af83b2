import { readFileSync } from "node:fs";
import type { TObject, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { parse } from "yaml";
import { messageOf } from "./base/errors.ts";
import { isRecord } from "./base/json.ts";
import { ConfigError, cross } from "./config/cross.ts";
import { type Config, ConfigSchema } from "./config/schema.ts";

export { ConfigError } from "./config/cross.ts";
export {
  type AccountConfig,
  type AppKeySetting,
  type Config,
  ConfigSchema,
  type OidcSetting,
  type TrunkSetting,
} from "./config/schema.ts";

/** One documented key. `env` is absent for lists of objects, which only the file can give. */
export interface Setting {
  readonly key: string;
  readonly env?: string;
  readonly schema: TSchema;
}

export const settings: readonly Setting[] = walk(ConfigSchema, []);

/**
 * Reads the file (`GATEWAY_CONFIG`, YAML) and `GATEWAY_*` variables, which win.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const tree = fromFile(env.GATEWAY_CONFIG);
  const known = new Map(settings.flatMap((setting) => (setting.env ? [[setting.env, setting] as const] : [])));
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith("GATEWAY_") || name === "GATEWAY_CONFIG" || value === undefined) continue;
    const setting = known.get(name);
    if (!setting) throw new ConfigError("bad-config", `${name} is not a setting`);
    put(tree, setting.key.split("."), fromText(setting, value));
  }
  return check(tree, (key) => (known.get(envName(key)) && env[envName(key)] !== undefined ? envName(key) : key));
}

/** Checks a tree and fills in the defaults. @throws ConfigError */
export function check(tree: unknown, named: (key: string) => string = (key) => key): Config {
  const filled = Value.Default(ConfigSchema, withOwnDomain(tree));
  if (!Value.Check(ConfigSchema, filled)) {
    const first = Value.Errors(ConfigSchema, filled).First();
    const key = (first?.path ?? "/").slice(1).replaceAll("/", ".");
    throw new ConfigError("bad-config", `${named(key)}: ${first?.message ?? "is wrong"}`);
  }
  cross(filled);
  return filled;
}

/** Who is reached under a name serves the users of that name. */
function withOwnDomain(tree: unknown): unknown {
  if (!isRecord(tree) || tree["domains"] !== undefined || !isRecord(tree["http"])) return tree;
  const { domain } = tree["http"];
  return typeof domain === "string" ? { ...tree, domains: [domain] } : tree;
}

/** True when somebody set the key, so that it must not be replaced by another value. */
export function isExplicit(key: string, env: NodeJS.ProcessEnv = process.env): boolean {
  return env[envName(key)] !== undefined || present(fromFile(env.GATEWAY_CONFIG), key.split("."));
}

function fromFile(file: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  try {
    const tree: unknown = parse(readFileSync(file, "utf8"));
    if (tree === null) return {};
    if (typeof tree === "object" && !Array.isArray(tree)) return tree as Record<string, unknown>;
  } catch (fault) {
    throw new ConfigError("bad-config", `GATEWAY_CONFIG: ${messageOf(fault)}`);
  }
  throw new ConfigError("bad-config", `GATEWAY_CONFIG: ${file} holds no settings`);
}

function fromText({ schema, env }: Setting, value: string): unknown {
  if (schema.type === "array")
    return value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean);
  if (schema.type === "boolean") return value === "true" || (value === "false" ? false : value);
  if (schema.type !== "integer") return value;
  if (!/^\d+$/.test(value)) throw new ConfigError("bad-config", `${env}: must be a whole number`);
  return Number(value);
}

function put(tree: Record<string, unknown>, [head = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) return void (tree[head] = value);
  const below = tree[head];
  const next = typeof below === "object" && below !== null ? (below as Record<string, unknown>) : {};
  tree[head] = next;
  put(next, rest, value);
}

function present(tree: unknown, [head = "", ...rest]: readonly string[]): boolean {
  if (typeof tree !== "object" || tree === null || !(head in tree)) return false;
  return rest.length === 0 || present((tree as Record<string, unknown>)[head], rest);
}

function envName(key: string): string {
  return `GATEWAY_${key
    .replaceAll(".", "_")
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

function walk(schema: TObject, path: readonly string[]): Setting[] {
  return Object.entries(schema.properties).flatMap(([name, below]) => {
    const key = [...path, name].join(".");
    if (below.type === "object") return walk(below as unknown as TObject, [...path, name]);
    const objects = below.type === "array" && (below.items as TSchema).type === "object";
    return [{ key, schema: below, ...(!objects && { env: envName(key) }) }];
  });
}
