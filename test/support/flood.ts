import { createSocket } from "node:dgram";
import { Worker } from "node:worker_threads";

export interface Flood {
  /** UDP messages of one kind, made from `text` with `%n` for a number. */
  readonly text: string;
  readonly target: { address: string; port: number };
  /** The address that it comes from. */
  readonly from: string;
  /** Messages a second. */
  readonly rate: number;
}

export interface RunningFlood {
  /** Ends it and resolves with how many were sent. */
  stop(): Promise<number>;
}

/** Sends in a thread of its own, so that the honest clients of the test are not held up by it. */
export async function startFlood(flood: Flood): Promise<RunningFlood> {
  const worker = new Worker(program, { eval: true, workerData: flood });
  await new Promise((sending) => worker.once("message", sending));
  return {
    async stop() {
      const sent = new Promise<number>((done) => worker.once("message", done));
      worker.postMessage("stop");
      const count = await sent;
      await worker.terminate();
      return count;
    },
  };
}

/** True when the machine lets a test send from `address`: every 127.x.y.z on Linux. */
export function canSendFrom(address: string): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(0, address, () => socket.close(() => resolve(true)));
  });
}

const program = `
const { parentPort, workerData: { text, target, from, rate } } = require("node:worker_threads");
const socket = require("node:dgram").createSocket("udp4");
let sent = 0, timer;
const begin = performance.now();
const send = () => {
  const due = ((performance.now() - begin) * rate) / 1000;
  for (let burst = 0; sent < due && burst < 500; burst++) {
    sent++;
    socket.send(text.replaceAll("%n", String(sent)), target.port, target.address);
  }
};
socket.on("error", () => {});
socket.bind(0, from, () => {
  timer = setInterval(send, 5);
  parentPort.postMessage("begun");
});
parentPort.once("message", () => {
  clearInterval(timer);
  socket.close(() => parentPort.postMessage(sent));
});
`;
