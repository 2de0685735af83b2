import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The arrows of the architecture as code: a folder may import only what its row lists.
 * A row is [importer, allowed targets, reason]; the first row whose importer is a prefix of the file counts, and a
 * file may always import from its own row. `x/*` means files directly in x, not in its sub-folders.
 */
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

type Row = readonly [from: string, to: readonly string[], reason: string];

const sipServerFloors = ["wire", "dialog", "transaction", "transport"] as const;

const arrows: readonly Row[] = [
  ["gateway/main.ts", ["gateway/"], "composition root: knows every supplier"],
  ["gateway/compose/", ["gateway/"], "parts of the composition root, one file a concern, imported by main only"],
  ["gateway/account.ts", ["gateway/"], "a command: prints the lines of an account"],
  ["gateway/erase.ts", ["gateway/"], "a command: erases what is kept of a user"],
  [
    "gateway/show-call.ts",
    ["gateway/records/", "gateway/protocol/", "gateway/config.ts", "gateway/base/"],
    "a program of its own: prints stories",
  ],
  ["gateway/config.ts", ["gateway/config/", "gateway/base/"], "read by main only"],
  ["gateway/config/", ["gateway/protocol/rest/", "gateway/base/"], "the sections of config.ts, one file a part"],
  ["gateway/api-key.ts", ["gateway/"], "a command: prints the lines of an API key"],
  ["gateway/base/", [], "no domain word in here"],
  ["gateway/certificates/", ["gateway/base/"], "keys and certificates of TLS: made, or judged; used by compose"],
  ["gateway/protocol/", [], "the contract with the browser stands alone"],
  [
    "gateway/edge/",
    ["gateway/session/", "gateway/identity/", "gateway/protocol/", "gateway/base/"],
    "sockets know sessions, and who signs in, only",
  ],
  [
    "gateway/identity/",
    ["gateway/directory/*", "gateway/base/"],
    "proves who somebody is, by password, code or provider; knows neither frames nor sockets",
  ],
  [
    "gateway/session/",
    [
      "gateway/switchboard/",
      "gateway/call/",
      "gateway/presence/",
      "gateway/messaging/",
      "gateway/push/",
      "gateway/sip/*",
      "gateway/directory/*",
      "gateway/identity/role.ts",
      "gateway/protocol/",
      "gateway/base/",
    ],
    "a signed-in browser translates frames into calls on what is below",
  ],
  [
    "gateway/switchboard/",
    ["gateway/call/", "gateway/sip/*", "gateway/directory/*", "gateway/base/"],
    "decides where a leg goes",
  ],
  [
    "gateway/call/",
    ["gateway/media/relay.ts", "gateway/media/mixer.ts", "gateway/media/player.ts", "gateway/base/"],
    "joins legs; knows media by its ports only",
  ],
  ["gateway/presence/", ["gateway/directory/*", "gateway/protocol/", "gateway/base/"], "groups and status"],
  [
    "gateway/push/",
    ["gateway/directory/*", "gateway/protocol/", "gateway/base/"],
    "wakes browsers; knows neither calls nor pages",
  ],
  ["gateway/messaging/", ["gateway/directory/*", "gateway/protocol/", "gateway/base/"], "text and data"],
  [
    "gateway/sip/",
    [
      "gateway/call/leg.ts",
      "gateway/call/cause.ts",
      "gateway/call/wire.ts",
      "gateway/call/room.ts",
      "gateway/messaging/carrier.ts",
      "gateway/presence/carrier.ts",
      "gateway/directory/*",
      "gateway/sdp/",
      "gateway/sip-syntax/",
      "gateway/msrp/",
      "gateway/base/",
    ],
    "the telephone side implements the leg port",
  ],
  [
    "gateway/records/",
    [
      "gateway/call/cause.ts",
      "gateway/call/journal.ts",
      "gateway/call/wire.ts",
      "gateway/protocol/call-story.ts",
      "gateway/protocol/rest/webhooks.ts",
      "gateway/directory/*",
      "gateway/base/",
    ],
    "fed by main; a story is read in the browser",
  ],
  ["gateway/media/", ["gateway/media/*", "gateway/sdp/", "gateway/base/"], "ports at the root, suppliers in folders"],
  ["gateway/directory/", ["gateway/directory/*", "gateway/base/"], "ports at the root, suppliers in folders"],
  ...sipServerFloors.map((floor, level): Row => [
    `gateway/sip-server/${floor}/`,
    [
      ...sipServerFloors.slice(level + 1).map((lower) => `gateway/sip-server/${lower}/`),
      "gateway/sip-syntax/",
      "gateway/base/",
    ],
    "RFC 3261's layers, each floor only the floors below",
  ]),
  [
    "gateway/sip-server/",
    ["gateway/sip-server/", "gateway/sip-syntax/", "gateway/base/"],
    "its entry point wires floors",
  ],
  ["gateway/sdp/", ["gateway/base/"], "pure text to values"],
  ["gateway/sip-syntax/", ["gateway/base/"], "pure text to values"],
  ["gateway/msrp/", ["gateway/sip-syntax/", "gateway/base/"], "MSRP uses SIP's grammar"],
  [
    "webclient/page/",
    ["webclient/", "gateway/protocol/", "gateway/base/emitter.ts", "gateway/base/clock.ts", "gateway/base/json.ts"],
    "the page is made with the library",
  ],
  [
    "webclient/elements/",
    ["webclient/index.ts", "gateway/base/clock.ts"],
    "elements on other people's pages use what the library gives everybody",
  ],
  [
    "webclient/whiteboard/",
    ["webclient/index.ts", "gateway/protocol/", "gateway/base/clock.ts"],
    "a file of its own beside the library's: it uses what the library gives everybody",
  ],
  [
    "webclient/push/",
    ["webclient/index.ts", "gateway/protocol/"],
    "a file of its own beside the library's: it uses what the library gives everybody",
  ],
  [
    "webclient/apirtc/",
    ["webclient/index.ts", "webclient/whiteboard/index.ts", "webclient/gateway-address.ts", "gateway/base/json.ts"],
    "the old style is said with what the library gives everybody; whiteboards are fetched when one is wanted",
  ],
  [
    "webclient/simulate/",
    [
      "webclient/platform.ts",
      "gateway/protocol/",
      "gateway/base/emitter.ts",
      "gateway/base/clock.ts",
      "gateway/base/json.ts",
    ],
    "a far end behind the platform port: the library does not know that nobody is there",
  ],
  [
    "webclient/",
    [
      "webclient/simulate/",
      "gateway/protocol/",
      "gateway/base/emitter.ts",
      "gateway/base/clock.ts",
      "gateway/base/json.ts",
      "gateway/base/errors.ts",
    ],
    "what browser and gateway share",
  ],
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
    .filter((entry) => !entry.parentPath.split("/").includes("dist"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [
    ...text.matchAll(
      /(?:^|\s)(?:import|export)\s[^"';]*?from\s+"(\.[^"]+)"|import\(\s*"(\.[^"]+)"|^import\s+"(\.[^"]+)"/gm,
    ),
  ]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    .map((target) => relative(root, resolve(root, dirname(file), target)));
}

const matches = (pattern: string, file: string): boolean =>
  pattern.endsWith("/*")
    ? dirname(file) === pattern.slice(0, -2)
    : pattern.endsWith("/")
      ? file.startsWith(pattern)
      : file === pattern;

const rowOf = (file: string): Row | undefined => arrows.find(([from]) => matches(from, file));

/** Folders whose suppliers stand side by side and may not know each other. */
const supplierRoots = ["gateway/media", "gateway/directory"];

function supplierOf(file: string): string | undefined {
  const home = supplierRoots.find((folder) => file.startsWith(`${folder}/`));
  const rest = home && file.slice(home.length + 1);
  return rest?.includes("/") ? `${home}/${rest.split("/")[0]}/` : undefined;
}

function allowed(file: string, target: string): boolean {
  const row = rowOf(file);
  if (!row) return false;
  const supplier = supplierOf(file);
  if (supplier) return target.startsWith(supplier) || row[1].some((pattern) => matches(pattern, target));
  if (supplierRoots.some((folder) => dirname(file) === folder) && supplierOf(target)) return false;
  return rowOf(target) === row || row[1].some((pattern) => matches(pattern, target));
}

describe("layers", () => {
  const files = [...sources("gateway"), ...sources("webclient")];
  const graph = new Map(files.map((file) => [file, importsOf(file)]));

  it("imports only along the arrows", () => {
    const wrong = files.flatMap((file) =>
      (graph.get(file) ?? [])
        .filter((target) => !allowed(file, target))
        .map((target) => `${file} may not import ${target} (${rowOf(file)?.[2] ?? "no row for this file"})`),
    );
    assert.deepEqual(wrong, []);
  });

  it("has no circles", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      if (done.has(file) || path.includes(file)) return;
      for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    assert.deepEqual(circles, []);
  });
});
