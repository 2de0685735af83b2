import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { messageOf } from "./base/errors.ts";
import { accountLines, type NewAccount } from "./compose/account-lines.ts";
import { parseUserId } from "./directory/user-id.ts";
import { isRole } from "./identity/role.ts";

const usage = "Usage: npm run -s account -- NAME@DOMAIN [--name TEXT] [--role user|support|operator]";
const shortest = 8;

/** Entry point: reads a password from the terminal, or the first line of what is piped in, and prints its account. */
async function main(): Promise<void> {
  const account = readArguments();
  const password = await readPassword();
  if (password.length < shortest) throw new Error(`A password has ${shortest} characters or more.`);
  process.stdout.write(await accountLines(account, password));
}

function readArguments(): NewAccount {
  const options = { name: { type: "string" }, role: { type: "string", default: "user" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const user = parseUserId(positionals[0] ?? "");
  if (!user || positionals.length !== 1 || !isRole(values.role)) throw new Error(usage);
  return { user, role: values.role, ...(values.name !== undefined && { name: values.name }) };
}

async function readPassword(): Promise<string> {
  const { isTTY } = process.stdin;
  if (isTTY) process.stderr.write("Password: ");
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // A terminal interface reads without the terminal's own echo.
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTTY });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("SIGINT", () => reject(new Error("Given up.")));
      lines.once("close", () => reject(new Error("No password was given.")));
    });
  } finally {
    lines.close();
    if (isTTY) process.stderr.write("\n");
  }
}

main().catch((fault: unknown) => {
  process.stderr.write(`${messageOf(fault)}\n`);
  process.exitCode = 2;
});
