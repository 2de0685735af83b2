import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";

/**
 * Port ranges that parallel test runs do not share. The ports below the ephemeral range are cut into blocks; who
 * holds the TCP port at a block's start owns the block until release or exit.
 */
const first = 10_000;
const last = 32_000;
const blockSize = 100;

export class PortRange {
  readonly first: number;
  readonly last: number;
  readonly #guards: readonly Server[];
  #next: number;

  constructor(start: number, count: number, guards: readonly Server[]) {
    this.first = this.#next = start + 1;
    this.last = start + count - 1;
    this.#guards = guards;
  }

  /** The first of `count` neighbouring ports that nobody has taken from this range yet; even when `count` > 1. */
  take(count = 1): number {
    const port = count > 1 ? this.#next + (this.#next % 2) : this.#next;
    if (port + count - 1 > this.last) throw new Error(`port range ${this.first}-${this.last} is used up`);
    this.#next = port + count;
    return port;
  }

  async release(): Promise<void> {
    await Promise.all(this.#guards.map((guard) => new Promise((done) => guard.close(done))));
  }
}

/** Claims at least `count` free neighbouring ports (UDP and TCP) on all addresses. */
export async function claimPorts(count = blockSize - 1): Promise<PortRange> {
  const blocks = Math.ceil((count + 1) / blockSize);
  const places = Math.floor((last - first) / blockSize) - blocks;
  const begin = Math.floor(Math.random() * places);
  for (let turn = 0; turn < places; turn++) {
    const start = first + ((begin + turn) % places) * blockSize;
    const guards = await claimBlocks(start, blocks);
    if (guards) return new PortRange(start, blocks * blockSize, guards);
  }
  throw new Error("no free port range");
}

/** UDP ports from `first` to `last` that a process has open now, on any IPv4 address. */
export function openUdpPorts({ first, last }: { first: number; last: number }): number[] {
  return readFileSync("/proc/net/udp", "utf8")
    .split("\n")
    .flatMap((line) => /^\s*\d+: [0-9A-F]{8}:([0-9A-F]{4})/.exec(line)?.[1] ?? [])
    .map((hex) => parseInt(hex, 16))
    .filter((port) => port >= first && port <= last);
}

async function claimBlocks(start: number, blocks: number): Promise<Server[] | undefined> {
  const guards: Server[] = [];
  for (let block = 0; block < blocks; block++) {
    const guard = await listening(start + block * blockSize);
    if (guard) guards.push(guard);
  }
  if (guards.length === blocks && (await allFree(start, blocks))) return guards;
  for (const guard of guards) guard.close();
  return undefined;
}

async function allFree(start: number, blocks: number): Promise<boolean> {
  const ports = Array.from({ length: blocks * blockSize }, (_, offset) => start + offset);
  const free = await Promise.all(
    ports.map(async (port) => (await udpFree(port)) && ((port - start) % blockSize === 0 || (await tcpFree(port)))),
  );
  return free.every(Boolean);
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once("error", () => resolve(undefined));
    server.listen({ port, exclusive: true }, () => resolve(server));
  });
}

/** True when nobody listens at the port, at any address. */
export async function tcpFree(port: number): Promise<boolean> {
  const server = await listening(port);
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  return server !== undefined;
}

/** True when nobody has the port, at any address. */
export function udpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind({ port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
