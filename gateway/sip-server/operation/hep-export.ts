import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { Clock, Timer } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { TransportEvents } from "../transport/flow.ts";
import { hepPacket } from "./hep-packet.ts";
import type { Collector } from "./options.ts";
import { PassingMessage } from "./passing-message.ts";

export interface HepEvents {
  /** A message was handed to the network, or could not be. */
  copied: [result: "sent" | "failed"];
}

/** Until a collector whose name could not be found is looked for again. */
const againMs = 10_000;

/** Copies every message to a Homer collector. Nothing waits for it: what it does not get is lost. */
export class HepExport {
  readonly events = new Emitter<HepEvents>();
  readonly #collector: Collector;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stop: () => void;
  readonly #again: Timer;
  #socket: Socket | undefined;
  #opening = false;
  #closed = false;

  constructor(transport: Emitter<TransportEvents>, collector: Collector, clock: Clock, log: Logger) {
    this.#collector = collector;
    this.#clock = clock;
    this.#log = log;
    this.#stop = transport.on("passing", (direction, flow, bytes) =>
      this.#copy(new PassingMessage(direction, flow, bytes)),
    );
    this.#again = clock.every(againMs, () => void this.#open());
    void this.#open();
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.#again.cancel();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #copy({ direction, flow, bytes, callId }: PassingMessage): void {
    if (!this.#socket) return this.events.emit("copied", "failed");
    const { listener, remote } = flow;
    const [source, destination] = direction === "in" ? [remote, listener] : [listener, remote];
    const { agent, password } = this.#collector;
    const packet = hepPacket({
      source,
      destination,
      udp: listener.protocol === "udp",
      at: this.#clock.now(),
      agent,
      ...(password !== undefined && { password }),
      correlation: callId,
      payload: bytes,
    });
    this.#socket.send(packet, (fault) => this.events.emit("copied", fault ? "failed" : "sent"));
  }

  async #open(): Promise<void> {
    if (this.#socket || this.#opening) return;
    this.#opening = true;
    const { host, port } = this.#collector;
    try {
      const { address, family } = await lookup(host);
      const socket = await connected(createSocket(family === 6 ? "udp6" : "udp4"), port, address);
      if (this.#closed) socket.close();
      else this.#socket = socket;
    } catch (fault) {
      this.#log.warn("HEP collector cannot be reached", { host, port, fault: messageOf(fault) });
    } finally {
      this.#opening = false;
    }
  }
}

function connected(socket: Socket, port: number, address: string): Promise<Socket> {
  // What comes back, such as "port unreachable", is told to the next send.
  socket.unref().on("error", () => {});
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, address, () => {
      socket.removeListener("error", reject);
      resolve(socket);
    });
  });
}
