import { WebSocket } from "ws";
import { systemClock } from "../../gateway/base/clock.ts";
import { uuid } from "../../gateway/base/ids.ts";
import { Emitter } from "../../gateway/base/emitter.ts";
import type { PageEvent, Platform, SocketPort } from "../../webclient/platform.ts";

/** The library's surroundings in Node: a real network, and a page whose events a test makes. No sound. */
export class NodePlatform {
  readonly #page = new Emitter<Record<PageEvent, []>>();
  readonly stored = new Map<string, string>();
  readonly platform: Platform;

  /** `stored`: what the tab kept of an earlier load. */
  constructor(stored: ReadonlyMap<string, string> = new Map()) {
    this.stored = new Map(stored);
    const unused = (): never => {
      throw new Error("a page without sound");
    };
    this.platform = {
      clock: systemClock,
      secure: true,
      defaultUrl: undefined,
      media: undefined,
      microphonePolicy: () => ({ policy: true, framed: false }),
      permission: async () => undefined,
      online: () => true,
      tabStorage: {
        getItem: (key) => this.stored.get(key) ?? null,
        setItem: (key, value) => void this.stored.set(key, value),
        removeItem: (key) => void this.stored.delete(key),
      },
      random: () => 0.5,
      newId: uuid,
      openSocket: (url, subprotocol) => {
        const socket = new WebSocket(url, subprotocol);
        socket.on("error", () => {});
        return socket as unknown as SocketPort;
      },
      post: async (url, body, signal) => {
        const answer = await fetch(url, { method: "POST", body, signal });
        return { status: answer.status, text: await answer.text() };
      },
      beacon: (url, body) => void fetch(url, { method: "POST", body }).catch(() => {}),
      onForbidden: () => () => {},
      onPage: (event, listener) => this.#page.on(event, listener),
      openPeerConnection: unused,
      newStream: unused,
      openPlayer: unused,
      openMeter: unused,
    };
  }

  page(event: PageEvent): void {
    this.#page.emit(event);
  }
}
