import WebSocket from "ws";
import { systemClock } from "../../gateway/base/clock.ts";
import { uuid } from "../../gateway/base/ids.ts";
import { http } from "../../webclient/browser-platform.ts";
import { connect, type ConnectOptions, type Session } from "../../webclient/index.ts";
import type { Platform, SocketPort } from "../../webclient/platform.ts";
import { domain, type TestGateway } from "./gateway.ts";

const none = (): never => {
  throw new Error("a session in Node has no media");
};

/** The library's surroundings in Node: real sockets and time, no media, no page. */
export class NodePlatform implements Platform {
  readonly clock = systemClock;
  readonly secure = true;
  readonly media = undefined;
  readonly tabStorage = undefined;
  readonly defaultUrl: string;
  http = http;
  readonly openPeerConnection = none;
  readonly newStream = none;
  readonly openPlayer = none;
  readonly openMeter = none;
  #socket: WebSocket | undefined;

  constructor(url: string) {
    this.defaultUrl = url;
  }

  openSocket(url: string, subprotocol: string): SocketPort {
    this.#socket = new WebSocket(url, subprotocol);
    this.#socket.on("error", () => {});
    return this.#socket as unknown as SocketPort;
  }

  /** The network takes the connection away. */
  drop(): void {
    this.#socket?.terminate();
  }

  microphonePolicy() {
    return { policy: true, framed: false };
  }

  async permission(): Promise<PermissionState | undefined> {
    return undefined;
  }

  online(): boolean {
    return true;
  }

  random(): number {
    return 0.5;
  }

  newId(): string {
    return uuid();
  }

  onForbidden(): () => void {
    return () => {};
  }

  onPage(): () => void {
    return () => {};
  }
}

/** The library in Node, signed in as `name` of the test domain, or as `name@domain`. */
export async function librarySession(
  gateway: TestGateway,
  name: string,
  options: ConnectOptions = {},
): Promise<{ readonly session: Session; readonly platform: NodePlatform }> {
  const platform = new NodePlatform(gateway.wsUrl);
  const user = name.includes("@") ? name : `${name}@${domain}`;
  return { platform, session: await connect({ platform, user, ...options }) };
}
