import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";

const root = resolve(import.meta.dirname, "../../..");

/** The called sides that the suites expect, by the last number of their address; each is a scenario of the package. */
const callees: Readonly<Record<string, readonly [number, string]>> = {
  "sipp-uas-cancel": [12, "uas-cancel.xml"],
  "sipp-uas": [13, "uas.xml"],
  "sipp-uas-404": [14, "uas-404.xml"],
  "sipp-uas-auth": [15, "uas-auth.xml"],
  "sipp-uas-auth-register": [16, "uas-auth-register.xml"],
  "sipp-uas-auth-register-no-realm": [17, "uas-auth-register-no-realm.xml"],
  "sipp-uas-refer": [18, "uas-refer.xml"],
  "sipp-uas-fast-reinvite": [20, "uas-reinvite.xml"],
  "sipp-uas-reinvite-overlap": [21, "uas-reinvite-overlap.xml"],
  "sipp-uas-302": [22, "uas-302.xml"],
  "sipp-uas-prack": [23, "uas-prack.xml"],
  "sipp-uas-bye-with-auth": [24, "uas-bye-with-auth.xml"],
  "sipp-uas-reinvite-with-auth": [25, "uas-reinvite-with-auth.xml"],
  "sipp-uas-options": [26, "uas-options-expect-200.xml"],
  "sipp-uas-407-no-auth-header": [27, "uas-407-no-auth-header.xml"],
  "sipp-uas-200-ok-no-contact-cancel": [28, "uas-200-ok-no-contact-cancel.xml"],
  "sipp-uas-fast-update": [29, "uas-update-with-sdp.xml"],
};

/** This called side is started by a test, and called by name. */
const startedByTest = { name: "sipp-uas-b-teardown", host: 30 };

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

/**
 * The test suites that the drachtio-srf package ships, run against our server on loopback. They were written for
 * containers at 172.29.0.N; here everybody has an address of 127/8 in a block that this run alone uses.
 */
export class SrfSuite {
  readonly #folder: string;
  readonly #block: string;
  readonly #servers: RunningSipServer[];
  readonly #peers: ChildProcess[] = [];

  private constructor(folder: string, block: string, servers: RunningSipServer[]) {
    this.#folder = folder;
    this.#block = block;
    this.#servers = servers;
  }

  static async start(): Promise<SrfSuite> {
    const folder = mkdtempSync(join(tmpdir(), "offhook-srf-"));
    const some = (): number => 2 + Math.floor(Math.random() * 250);
    const block = `127.${some()}.${some()}`;
    copySuites(folder, block);
    const servers = await Promise.all(
      [10, 19].map((host) => startSipServer({ t1: 500, sip: `udp/${block}.${host}:5060` })),
    );
    const suite = new SrfSuite(folder, block, servers);
    for (const [host, scenario] of Object.values(callees)) suite.#callee(host, scenario);
    return suite;
  }

  /** Runs one file of tests that speak TAP. */
  async tap(file: string): Promise<SuiteResult> {
    const output = await this.#run([join("test", `${file}.js`)]);
    return { passed: count(output, /^# pass +(\d+)/m), failed: count(output, /^# fail +(\d+)/m), output };
  }

  /** Runs the unit tests, which are mocha's. */
  async mocha(): Promise<SuiteResult> {
    const output = await this.#run([join(root, "node_modules/mocha/bin/mocha.js"), "--no-config", "test/unit-tests"]);
    return { passed: count(output, /^ +(\d+) passing/m), failed: count(output, /^ +(\d+) failing/m), output };
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) peer.kill("SIGKILL");
    await Promise.all(this.#servers.map((server) => server.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #callee(host: number, scenario: string): void {
    const address = `${this.#block}.${host}`;
    const args = ["-sf", join(this.#folder, "test/scenarios", scenario), "-i", address, "-p", "5060"];
    const media = ["-mi", address, "-mp", "6000", "-nostdin"];
    this.#peers.push(spawn("sipp", [...args, ...media], { stdio: "ignore", cwd: this.#folder }));
  }

  async #run(args: string[]): Promise<string> {
    const [under, other] = this.#servers;
    const config = { "drachtio-sut": { ...under?.control, enablePing: true }, "drachtio-uas": other?.control };
    const env = {
      ...process.env,
      NODE_ENV: "test",
      NODE_OPTIONS: "",
      NODE_CONFIG: JSON.stringify(config),
      PATH: `${join(this.#folder, "bin")}:${process.env["PATH"]}`,
    };
    const child = spawn(process.execPath, args, { cwd: this.#folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
    await new Promise((done) => child.once("close", done));
    return output;
  }
}

/** The package as it is, but for addresses, and for what newer versions of sipp do not read any more. */
function copySuites(folder: string, block: string): void {
  const installed = join(root, "node_modules/drachtio-srf");
  for (const part of ["test", "config", "lib", "package.json"]) {
    cpSync(join(installed, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const names = Object.keys(callees).sort((one, next) => next.length - one.length);
  for (const file of textFiles(join(folder, "test"))) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, adapted(text, file, block, names));
  }
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/docker"), standIn(folder, block), { mode: 0o755 });
}

function adapted(text: string, file: string, block: string, names: readonly string[]): string {
  let changed = text.replaceAll("172.29.0.", `${block}.`);
  if (file.endsWith(".xml")) return changed.replaceAll('regexp="<sip:(.*)>"', 'regexp="&lt;sip:(.*)&gt;"');
  if (file.endsWith("sipp.js")) return changed.replace("'drachtio-sut'", `'${block}.10'`);
  // As a destination; the name that a test gives to a called side of its own stays.
  changed = changed.replace(/(?<=sip:)sipp-uas-b-teardown/g, `${block}.${startedByTest.host}`);
  for (const name of names) {
    const whole = new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "g");
    changed = changed.replace(whole, `${block}.${callees[name]?.[0]}`);
  }
  return changed;
}

/** Instead of a container with sipp: sipp. Called sides that a test starts have a name, and an address of their own. */
function standIn(folder: string, block: string): string {
  return `#!/bin/bash
name=""; seen=0; out=(); args=("$@")
for ((at = 0; at < \${#args[@]}; at++)); do
  word="\${args[$at]}"
  if [ $seen = 1 ]; then out+=("\${word//\\/tmp\\/scenarios/${folder}/test/scenarios}")
  elif [ "$word" = --name ]; then name="\${args[$((at + 1))]}"
  elif [ "$word" = sipp ]; then seen=1; fi
done
if [ -n "$name" ]; then host=${block}.${startedByTest.host}; port=5060
else host=${block}.1; port=$((20000 + RANDOM % 20000)); fi
exec sipp "\${out[@]}" -i $host -p $port -mi $host -mp $((port + 2))
`;
}

function textFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|xml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function count(output: string, what: RegExp): number {
  return Number(what.exec(output)?.[1] ?? 0);
}
