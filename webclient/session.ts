import type { LineInfo, Target } from "../gateway/protocol/values.ts";
import type { CallOptions } from "./call-options.ts";
import type { Call } from "./call.ts";
import { Calls } from "./calls.ts";
import { channelOf, type Channel } from "./channel.ts";
import type { ClientError } from "./client-error.ts";
import { Contacts } from "./contacts.ts";
import { Data } from "./data.ts";
import { Devices } from "./devices.ts";
import type { Link, LinkState } from "./link.ts";
import { LiveObject } from "./live.ts";
import { Messages } from "./messages.ts";
import type { Platform } from "./platform.ts";
import { Presence } from "./presence.ts";
import { Sound } from "./sound.ts";
import type { TransportName } from "./transport.ts";
import type { Wishes } from "./wishes.ts";

export interface SessionView {
  readonly id: string;
  /** `name@domain`. */
  readonly user: string;
  readonly name?: string;
  /** Absent for a plain user. */
  readonly role?: "support" | "operator";
  /** The account allows its pages to answer calls without asking anybody. */
  readonly autoAnswer?: boolean;
  /** True for what an application key made. */
  readonly guest?: boolean;
  readonly state: LinkState;
  readonly transport: TransportName;
  /** Why it is closed. */
  readonly reason?: string;
}

export interface SessionEvents {
  state: SessionView;
  incoming: Call;
  /** The token ends soon; only of interest when it was given as text. */
  expiring: { readonly inMs: number };
  /** Something is wrong that concerns no single call. */
  problem: ClientError;
}

const closeDeadlineMs = 2_000;

/**
 * A signed-in page. A lost connection is replaced by itself, and the session goes on with its calls. When it is away for
 * longer than the gateway waits, a new one is opened; calls that were up end with `network-lost`.
 */
export class Session extends LiveObject<SessionView, SessionEvents> {
  readonly calls: Calls;
  readonly presence: Presence;
  readonly devices: Devices;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly data: Data;
  /** For other entry points of this library. */
  readonly channel: Channel;
  readonly #link: Link;

  constructor(link: Link, platform: Platform, wishes: Wishes) {
    super({ id: "", user: "", state: link.state, transport: link.transport });
    const sound = new Sound(platform);
    this.#link = link;
    this.channel = channelOf(link, platform);
    this.calls = new Calls(link, sound, platform);
    this.presence = new Presence(link, wishes);
    this.devices = new Devices(platform, sound);
    this.contacts = new Contacts(link, platform);
    this.messages = new Messages(link, platform);
    this.data = new Data(link);
    this.calls.on("incoming", (call) => this.emit("incoming", call));
    link.events.on("opened", ({ sessionId: id, user, name, role, autoAnswer, guest }) =>
      this.#change({
        id,
        user,
        ...(name !== undefined && { name }),
        ...(role && { role }),
        ...(autoAnswer && { autoAnswer }),
        ...(guest && { guest }),
        state: "connected",
      }),
    );
    link.events.on("state", (state, reason) => this.#onState(state, reason));
    link.events.on("transport", (transport) => this.#change({ transport }));
    link.events.on("expiring", (inMs) => this.emit("expiring", { inMs }));
    link.events.on("problem", (problem) => this.emit("problem", problem));
  }

  /**
   * Calls `target`. Text must carry its scheme or a leading "+": "+33 1 86 26 00 10", "sip:bob@example.org".
   * @throws ClientError as `calls.start`
   */
  call(target: Target | string, options?: CallOptions): Promise<Call> {
    return this.calls.start(target, options);
  }

  /** Whether the telephone side can reach this user. @throws ClientError `unreachable` */
  line(): Promise<LineInfo> {
    return this.#link.request({ type: "line.show" }, "line", ({ line }) => line);
  }

  /** Ends the session and its calls. Never rejects. */
  async close(): Promise<void> {
    await this.#link.request({ type: "session.close" }, "ok", () => undefined, closeDeadlineMs).catch(() => {});
    this.#link.close("closed");
  }

  #onState(state: LinkState, reason: string | undefined): void {
    this.#change({ state, ...(reason === undefined ? {} : { reason }) });
    if (state === "closed") this.finish();
  }

  #change(patch: Partial<SessionView>): void {
    if (this.update(patch)) this.emit("state", this.view());
  }
}
