import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Networks of a test's own. All of it needs root, and is undone by `close`, at the latest at exit. */
const ip = (...words: string[]): string => execFileSync("ip", words, { encoding: "utf8" });

const undo = new Set<() => void>();
process.once("exit", () => undo.forEach((close) => close()));

/**
 * Firefox gathers candidates only where a default route exists. Adds a pair of interfaces and a default route on a
 * machine that has none; the route leads nowhere. Returns what takes them away again.
 */
export function ensureDefaultRoute(): () => void {
  if (ip("-4", "route", "show", "default").trim() !== "") return () => {};
  const name = `off${process.pid % 100_000}`;
  ip("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`);
  ip("addr", "add", "10.99.0.1/24", "dev", `${name}a`);
  ip("link", "set", `${name}a`, "up");
  ip("link", "set", `${name}b`, "up");
  ip("route", "add", "default", "via", "10.99.0.2", "dev", `${name}a`);
  return once(() => ip("link", "del", `${name}a`));
}

export interface Namespace {
  /** Of the root namespace, as seen from inside: a relay announces it. */
  readonly outside: string;
  /** Of the namespace. */
  readonly inside: string;
  /** A program that runs `command` inside, with all its arguments: an executable path for a browser. */
  wrap(command: string): string;
  /** Pulls the cable, and puts it back. */
  cut(): void;
  heal(): void;
  close(): void;
}

let namespaces = 0;

/** A namespace that is joined to the root namespace by one cable, with a default route through it. */
export function openNamespace(): Namespace {
  const id = `off${process.pid % 10_000}n${++namespaces}`;
  const subnet = `10.98.${process.pid % 250}`;
  const [outside, inside] = [`${subnet}.${namespaces * 4 + 1}`, `${subnet}.${namespaces * 4 + 2}`];
  const dir = mkdtempSync(join(tmpdir(), "netns-"));
  ip("netns", "add", id);
  const close = once(() => {
    ip("netns", "del", id);
    rmSync(dir, { recursive: true, force: true });
  });
  ip("link", "add", `${id}o`, "type", "veth", "peer", "name", `${id}i`, "netns", id);
  ip("addr", "add", `${outside}/30`, "dev", `${id}o`);
  ip("link", "set", `${id}o`, "up");
  ip("-n", id, "addr", "add", `${inside}/30`, "dev", `${id}i`);
  ip("-n", id, "link", "set", "lo", "up");
  const heal = (): void => {
    ip("-n", id, "link", "set", `${id}i`, "up");
    ip("-n", id, "route", "replace", "default", "via", outside);
  };
  heal();
  return {
    outside,
    inside,
    wrap: (command) => wrapper(dir, id, command),
    cut: () => void ip("-n", id, "link", "set", `${id}i`, "down"),
    heal,
    close,
  };
}

/** A network of a test's own, apart from all others: programs in it find each other by its addresses only. */
export interface Island {
  readonly address: string;
  /** Put before a command, it runs inside. */
  readonly prefix: readonly string[];
  /** As of Namespace. */
  wrap(command: string): string;
  /** Runs a command inside, to its end. */
  run(...words: string[]): string;
  close(): void;
}

/** A machine without any network. */
export function openLonely(): Island {
  return island("127.0.0.1");
}

/** A machine with one address and a default route that leads nowhere. */
export function openSingle(): Island {
  const single = island("10.97.0.2");
  single.run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1");
  single.run("ip", "link", "set", "lan1", "up");
  connected(single, "10.97.0.1");
  return single;
}

/**
 * Two machines on one cable: what is started on the first is reached from the second. `names` are known to both, as the
 * address of one of them.
 */
export function openPair(names: Readonly<Record<string, "host" | "guest">> = {}): {
  readonly host: Island;
  readonly guest: Island;
  close(): void;
} {
  const addresses = { host: "10.97.0.1", guest: "10.97.0.2" };
  const hosts = Object.entries(names).map(([name, of]) => `${addresses[of]} ${name}`);
  const [host, guest] = [island(addresses.host, hosts), island(addresses.guest, hosts)];
  host.run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan0", "netns", guest.prefix[3] ?? "");
  connected(host, guest.address);
  connected(guest, host.address);
  const close = (): void => [host, guest].forEach((one) => one.close());
  return { host, guest, close };
}

function connected({ address, run }: Island, router: string): void {
  run("ip", "addr", "add", `${address}/24`, "dev", "lan0");
  run("ip", "link", "set", "lan0", "up");
  run("ip", "route", "add", "default", "via", router);
}

/**
 * `hosts`: lines of /etc/hosts inside; `ip netns exec` puts the files of /etc/netns/NAME in place. Nobody resolves
 * other names, and that is known at once: a resolver that cannot be reached holds Firefox's start up for 20 s.
 */
function island(address: string, hosts: readonly string[] = []): Island {
  const id = `off${process.pid % 10_000}i${++namespaces}`;
  const dir = mkdtempSync(join(tmpdir(), "netns-"));
  const prefix = ["ip", "netns", "exec", id];
  const etc = join("/etc/netns", id);
  ip("netns", "add", id);
  ip("-n", id, "link", "set", "lo", "up");
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, "hosts"), ["127.0.0.1 localhost", ...hosts, ""].join("\n"));
  writeFileSync(join(etc, "resolv.conf"), "nameserver 127.0.0.1\n");
  const close = once(() => {
    ip("netns", "del", id);
    rmSync(etc, { recursive: true, force: true });
    rmSync(dir, { recursive: true, force: true });
  });
  const run = (...words: string[]): string => ip("netns", "exec", id, ...words);
  return { address, prefix, wrap: (command) => wrapper(dir, id, command), run, close };
}

/** Makes a port of 127.0.0.1 inside reachable at the same port outside: programs tell each other such addresses. */
export async function bringOut({ prefix }: Island, port: number): Promise<() => void> {
  const pipe = `const s=require("net").connect(${port},"127.0.0.1");process.stdin.pipe(s);s.pipe(process.stdout)`;
  const server = createServer((socket) => {
    const [command = "", ...words] = [...prefix, process.execPath, "-e", pipe];
    const child = spawn(command, words, { stdio: ["pipe", "pipe", "ignore"] });
    socket.on("error", () => child.kill());
    socket.on("close", () => child.kill());
    child.stdin.on("error", () => socket.destroy());
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
  });
  server.unref();
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  return () => server.close();
}

function wrapper(dir: string, id: string, command: string): string {
  const file = join(dir, command.replaceAll("/", "-"));
  writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${id} ${command} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

function once(work: () => unknown): () => void {
  const run = (): void => {
    if (undo.delete(run)) work();
  };
  undo.add(run);
  return run;
}
