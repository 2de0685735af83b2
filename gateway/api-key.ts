import { parseArgs } from "node:util";
import { messageOf } from "./base/errors.ts";
import { newApiKey } from "./compose/api-key-lines.ts";
import { apiRights, type ApiRight } from "./protocol/rest/values.ts";

const usage = `Usage: npm run -s api-key -- ID --domain DOMAIN --rights ${apiRights.join(",")}`;

/** Entry point: makes an API key, and prints it with the lines of the configuration that accept it. */
function main(): void {
  const options = { domain: { type: "string" }, rights: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [id] = positionals;
  const rights = values.rights?.split(",") ?? [];
  if (positionals.length !== 1 || id === undefined || values.domain === undefined || !areRights(rights))
    throw new Error(usage);
  const { key, lines } = newApiKey({ id, domain: values.domain, rights });
  process.stderr.write(`The key, shown this once: ${key}\n`);
  process.stdout.write(lines);
}

const areRights = (texts: readonly string[]): texts is readonly ApiRight[] =>
  texts.length > 0 && texts.every((text) => apiRights.some((right) => right === text));

try {
  main();
} catch (fault) {
  process.stderr.write(`${messageOf(fault)}\n`);
  process.exitCode = 2;
}
