import { connect, type ConnectOptions, type Json, type Platform } from "../index.ts";
import { OldEvents, type OldListener } from "./events.ts";
import { ApiRTCSession, tellFault } from "./session.ts";
import { unsupported } from "./unsupported.ts";
import type { LoadWhiteboard } from "./white-board-client.ts";

export interface InitOptions {
  /**
   * An application key of the gateway: with nothing else the page is a guest, who calls what the key is for. Beside
   * `token` or `apiCCId` it says nothing.
   */
  readonly apiKey?: string;
  /** A signed token, or a function that fetches one: who one is. */
  readonly token?: ConnectOptions["token"];
  /** Development sign-in, `name@domain`; from then on bare names will do. With a token it says nothing. */
  readonly apiCCId?: string | number;
  /** Called with the event `sessionReady`. */
  readonly onReady?: OldListener;
  /** What subscribers see of the user. */
  readonly userData?: Json;
  readonly nickname?: string;
  /** Default `["default"]`, everybody of the domain. */
  readonly presenceGroup?: readonly string[];
  readonly subscribeToPresenceGroup?: readonly string[];
  /** Address of the gateway, `https://phone.example.org` or its host; default: where the script came from. */
  readonly ccsServer?: string;
  /** Calls that are all recorded do not exist here. */
  readonly recordActivated?: false;
  /** Surroundings other than the browser, for tests. */
  readonly platform?: Platform;
}

/** The global object of pages in the style of ApiRTC 2 and 3. What is asked of it is done by the library. */
export class ApiRTC {
  /** Undefined until `sessionReady`. */
  session: ApiRTCSession | undefined;
  readonly #events = new OldEvents();
  readonly #server: string | undefined;
  readonly #load: LoadWhiteboard;
  #given = new AbortController();

  /** @internal `server`: address of the gateway when `init` says none. `load`: fetches the whiteboard's own file. */
  constructor(server?: string, load: LoadWhiteboard = () => import("../whiteboard/index.ts")) {
    this.#server = server;
    this.#load = load;
  }

  /**
   * Connects: `onReady` and `sessionReady` when the session stands, `error` when there is none.
   * @throws ClientError `unsupported` for options that are gone
   */
  init(options: InitOptions): void {
    if (options.recordActivated) throw unsupported("init({ recordActivated: true })", "call.record of @offhook/client");
    const { signal } = this.#given;
    connect({ ...connectOptions(options, this.#server), signal }).then(
      (session) => {
        if (signal.aborted) return void session.close();
        this.session = new ApiRTCSession(session, this.#events, options.userData, this.#load);
        const event = this.#events.emit("sessionReady", { apiCCId: this.session.apiCCId });
        options.onReady?.(event);
      },
      (fault: unknown) => tellFault(this.#events, fault),
    );
  }

  /** Ends the session and its calls. */
  disconnect(): void {
    this.#given.abort();
    this.#given = new AbortController();
    void this.session?.session.close();
    this.session = undefined;
  }

  addEventListener(type: string, listener: OldListener): void {
    this.#events.add(type, listener);
  }

  removeEventListener(type: string, listener: OldListener): void {
    this.#events.remove(type, listener);
  }

  /** 10: every event is written to the console. */
  setLogLevel(level: number): void {
    this.#events.logLevel = level;
  }

  /** Microphones, loudspeakers and cameras that are known now. */
  getMediaDevices(): readonly MediaDeviceInfo[] {
    const devices = this.session?.session.devices.view();
    return devices ? [...devices.microphones, ...devices.speakers, ...devices.cameras] : [];
  }

  getMediaDevicesWithCB(callback: (devices: readonly MediaDeviceInfo[]) => void): void {
    callback(this.getMediaDevices());
  }
}

function connectOptions(options: InitOptions, ownServer: string | undefined): ConnectOptions {
  const { apiKey, token, apiCCId, userData, nickname, presenceGroup, subscribeToPresenceGroup, platform } = options;
  const server = options.ccsServer ?? ownServer;
  const who = token !== undefined ? { token } : apiCCId !== undefined ? { user: String(apiCCId) } : undefined;
  return {
    // There is no event that would tell of such a call.
    keepCalls: false,
    ...(who ?? (apiKey !== undefined && { appKey: apiKey })),
    ...(server !== undefined && { url: /^\w+:/.test(server) ? server : `https://${server}` }),
    ...(userData !== undefined && { userData }),
    ...(nickname !== undefined && { displayName: nickname }),
    ...(presenceGroup && { groups: presenceGroup }),
    ...(subscribeToPresenceGroup && { watch: subscribeToPresenceGroup }),
    ...(platform && { platform }),
  };
}
