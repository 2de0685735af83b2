import { WebSocket } from "ws";
import { subprotocol } from "../../gateway/protocol/version.ts";
import { browserOffer } from "../support/frame-client.ts";
import { elapsed, until } from "../support/until.ts";
import type { Sample } from "./load.ts";

const talkMs = 100;

interface Frame {
  readonly type: string;
  readonly re?: string;
  readonly callId?: string;
}

/** Signed-in pages without browsers that call and hang up: frames go out and come back, nobody listens to media. */
export class WebCallers {
  readonly #sockets: readonly WebSocket[];
  readonly #started = new Map<string, number>();
  readonly #delays: number[] = [];
  #ended = 0;
  #requests = 0;

  private constructor(sockets: readonly WebSocket[]) {
    this.#sockets = sockets;
    for (const socket of sockets) socket.on("message", (data) => this.#receive(socket, JSON.parse(String(data))));
  }

  /** A page for each of the users: all pages of one user would be told of every call. */
  static async open(url: string, users: readonly string[]): Promise<WebCallers> {
    const sockets = await Promise.all(
      users.map(async (user) => {
        const socket = new WebSocket(url, subprotocol);
        await signedIn(socket, user);
        return socket;
      }),
    );
    return new WebCallers(sockets);
  }

  /** Starts calls at a rate that does not wait for the gateway. */
  async call(user: string, load: { rate: number; calls: number; withinMs: number }): Promise<Sample> {
    const since = performance.now();
    for (let sent = 0; sent < load.calls; await elapsed(5)) {
      const due = Math.min(load.calls, Math.ceil(((performance.now() - since) / 1000) * load.rate));
      for (; sent < due; sent++) this.#start(sent, user);
    }
    const left = load.withinMs - (performance.now() - since);
    await until("the calls' end", () => this.#ended === load.calls, left).catch(() => {});
    const { rate, calls } = load;
    return { rate, calls, failed: calls - this.#ended, repeated: 0, delays: this.#delays.sort((a, b) => a - b) };
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #start(index: number, user: string): void {
    const socket = this.#sockets[index % this.#sockets.length];
    if (!socket) return;
    const id = this.#send(socket, "call.start", {
      target: { user },
      description: { kind: "offer", sdp: browserOffer, generation: 1 },
    });
    this.#started.set(id, performance.now());
  }

  #send(socket: WebSocket, type: string, fields: object): string {
    const id = `r${++this.#requests}`;
    socket.send(JSON.stringify({ type, id, ...fields }));
    return id;
  }

  /** The answer to `call.start` names the call, `call.answered` comes for it, `ok` answers the hang-up. */
  #receive(socket: WebSocket, { type, re = "", callId = "" }: Frame): void {
    const at = this.#started.get(type === "call.answered" ? callId : re);
    if (type === "call.started" && at !== undefined) {
      this.#started.delete(re);
      this.#started.set(callId, at);
    } else if (type === "call.answered" && at !== undefined) {
      this.#started.delete(callId);
      this.#delays.push(performance.now() - at);
      setTimeout(() => this.#send(socket, "call.end", { callId }), talkMs);
    } else if (type === "ok") this.#ended++;
  }
}

function signedIn(socket: WebSocket, user: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => socket.send(JSON.stringify({ type: "session.open", id: "open", user })));
    socket.once("message", (data) => {
      const { type } = JSON.parse(String(data)) as Frame;
      if (type === "session.opened") resolve();
      else reject(new Error(String(data)));
    });
  });
}
