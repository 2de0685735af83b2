import { io, type Socket } from "socket.io-client";
import { WebSocket } from "ws";
import { Program } from "../../support/program.ts";
import { type Audience, inBatches, type Pair, type Side, type Wire } from "./wire.ts";

const atOnce = 200;

/** `ws` alone, which sends back what comes. */
export async function startEcho(): Promise<Side> {
  const { program, port } = await listening("ws-echo.mjs", []);
  return {
    name: "ws alone",
    pids: [Number(program.process.pid)],
    connect: (count) => inBatches(count, atOnce, () => echoing(port)),
    stop: () => ended([program]),
  };
}

/** Socket.IO; with a Redis as two nodes over its Redis adapter. */
export async function startSocketIo(redis?: string): Promise<Side> {
  const nodes = await Promise.all(
    Array.from({ length: redis ? 2 : 1 }, () => listening("socket-io.mjs", redis ? [redis] : [])),
  );
  const open = (node = 0): Promise<Socket> => socketIo(nodes[node]?.port ?? 0);
  return {
    name: redis ? "Socket.IO, two nodes with its Redis adapter" : "Socket.IO",
    pids: nodes.map(({ program }) => Number(program.process.pid)),
    connect: (count) => inBatches(count, atOnce, async () => wireOf(await open())),
    audience: (count) => audienceOf(count, open),
    pairs: { "an event": () => pairOf(open) },
    stop: () => ended(nodes.map(({ program }) => program)),
  };
}

async function listening(file: string, args: readonly string[]) {
  const program = Program.start(`test/bench/platform/${file}`, { args });
  const [, port] = await program.printed(/listening (\d+)/);
  return { program, port: Number(port) };
}

async function ended(programs: readonly Program[]): Promise<void> {
  for (const program of programs) program.interrupt("SIGKILL");
  await Promise.all(programs.map((program) => program.exited()));
}

/** As long as a `ping` frame. */
const text = JSON.stringify({ type: "ping", id: "r1000" });

function echoing(port: number): Promise<Wire> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const waiting: (() => void)[] = [];
  socket.on("message", () => waiting.shift()?.());
  const echo = (): Promise<void> =>
    new Promise((done) => {
      waiting.push(done);
      socket.send(text);
    });
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve({ echo, drop: () => socket.terminate() }));
    socket.once("error", reject);
  });
}

async function socketIo(port: number): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return socket;
}

const wireOf = (socket: Socket): Wire => ({
  echo: () => socket.emitWithAck("echo", "r1000"),
  drop: () => void socket.disconnect(),
});

async function audienceOf(count: number, open: () => Promise<Socket>): Promise<Audience> {
  const [speaker, sockets] = [await open(), await inBatches(count, atOnce, () => open())];
  for (const socket of sockets) await socket.emitWithAck("enter", "hall");
  let turn = 0;
  return {
    say: () => speaker.emitWithAck("tell", "hall", { user: "speaker", status: turn++ % 2 ? "online" : "busy" }),
    onHeard: (listener) => sockets.forEach((socket) => socket.on("told", listener)),
    drop: () => [speaker, ...sockets].forEach((socket) => socket.disconnect()),
  };
}

async function pairOf(open: (node: number) => Promise<Socket>): Promise<Pair> {
  const [from, to] = [await open(0), await open(1)];
  await to.emitWithAck("enter", "desk");
  return {
    send: (value) => from.emitWithAck("tell", "desk", value),
    onCame: (listener) => void to.on("told", listener),
    drop: () => [from, to].forEach((socket) => socket.disconnect()),
  };
}
