import type { Timer } from "../gateway/base/clock.ts";
import { subprotocol } from "../gateway/protocol/version.ts";
import type { Platform, SocketPort } from "./platform.ts";
import { PollingSocket, pollUrl } from "./polling-socket.ts";

export type TransportName = "websocket" | "polling";
/** `auto`: WebSocket, and long polling where that does not come through. */
export type TransportChoice = "auto" | TransportName;

/** How long a WebSocket may take to open while there is another way: firewalls often just drop it. Milliseconds. */
const patienceMs = 4_000;
/** While polling: how soon WebSocket is tried again at first, and at most: milliseconds. */
const probeMs = { first: 15_000, longest: 600_000 } as const;

const probeFrame = JSON.stringify({ type: "ping", id: "probe" });

/** Which way connections take, and when another is tried. */
export class Transport {
  readonly #platform: Platform;
  readonly #url: string;
  readonly #choice: TransportChoice;
  /** Where polling goes; undefined when it cannot be. */
  readonly #pollUrl: string | undefined;
  #name: TransportName;
  #probe: Timer | undefined;
  #probed = 0;

  constructor(platform: Platform, url: string, choice: TransportChoice) {
    this.#platform = platform;
    this.#url = url;
    this.#choice = choice;
    this.#pollUrl = platform.post && choice !== "websocket" ? pollUrl(url) : undefined;
    this.#name = choice === "polling" && this.#pollUrl !== undefined ? "polling" : "websocket";
  }

  /** What the next connection uses. */
  get name(): TransportName {
    return this.#name;
  }

  /** How long a connection may take to open; undefined, as long as any. */
  get patienceMs(): number | undefined {
    return this.#name === "websocket" && this.#hasOther ? patienceMs : undefined;
  }

  /** @throws DOMException for an address that the browser never connects to */
  open(): SocketPort {
    if (this.#name === "polling" && this.#pollUrl !== undefined)
      return new PollingSocket(this.#platform, this.#pollUrl);
    return this.#platform.openSocket(this.#url, subprotocol);
  }

  /** It did not come through. True when the other way is worth a try now. */
  failed(): boolean {
    if (this.#name !== "websocket" || !this.#hasOther) return false;
    this.#name = "polling";
    return true;
  }

  /** Neither came through: the next try begins with WebSocket again. */
  reset(): void {
    if (this.#choice === "auto") this.#name = "websocket";
  }

  /** A connection is up. `works` is called with a WebSocket when one opens while we poll. */
  up(works: (socket: SocketPort) => void): void {
    this.#stopProbing();
    if (this.#name === "websocket") this.#probed = 0;
    else if (this.#choice === "auto") this.#probeLater(works);
  }

  down(): void {
    this.#stopProbing();
  }

  /** The page goes on with the WebSocket that `works` was given. */
  switched(): void {
    this.#name = "websocket";
  }

  get #hasOther(): boolean {
    return this.#choice === "auto" && this.#pollUrl !== undefined;
  }

  #stopProbing(): void {
    this.#probe?.cancel();
    this.#probe = undefined;
  }

  #probeLater(works: (socket: SocketPort) => void): void {
    const ms = Math.min(probeMs.longest, probeMs.first * 2 ** this.#probed++);
    this.#probe = this.#platform.clock.after(ms, () => this.#try(works));
  }

  #try(works: (socket: SocketPort) => void): void {
    let socket: SocketPort;
    try {
      socket = this.#platform.openSocket(this.#url, subprotocol);
    } catch {
      return this.#probeLater(works);
    }
    const stop = (): void => {
      socket.onopen = socket.onclose = socket.onmessage = null;
      late.cancel();
    };
    const failed = (): void => {
      stop();
      socket.close();
      this.#probeLater(works);
    };
    const late = this.#platform.clock.after(patienceMs, failed);
    this.#probe = {
      cancel: () => {
        stop();
        socket.close();
      },
    };
    socket.onclose = failed;
    socket.onopen = () => socket.send(probeFrame);
    // Any answer will do, a refusal too: proxies let WebSockets open and then nothing through.
    socket.onmessage = () => {
      stop();
      this.#probe = undefined;
      works(socket);
    };
  }
}
