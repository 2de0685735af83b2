import { isRecord } from "../../gateway/base/json.ts";
import { ClientError, type Json, type Session } from "../index.ts";
import { ContactList, type OldUser } from "./contact-list.ts";
import { ApiRTCDataClient } from "./data-client.ts";
import type { OldEvents } from "./events.ts";
import { ApiRTCIMClient } from "./im-client.ts";
import { Names } from "./names.ts";
import { ApiRTCWhiteBoardClient, type LoadWhiteboard } from "./white-board-client.ts";
import { ApiRTCWebRTCClient, type WebRTCClientOptions } from "./webrtc-client.ts";

/** `apiRTC.session`: who one is, who is there, and the clients, each made once. */
export class ApiRTCSession {
  apiCCWebRTCClient: ApiRTCWebRTCClient | undefined;
  apiCCIMClient: ApiRTCIMClient | undefined;
  apiCCDataClient: ApiRTCDataClient | undefined;
  apiCCWhiteBoardClient: ApiRTCWhiteBoardClient | undefined;
  /** The same session in the new style, for what the old one has not. */
  readonly session: Session;
  readonly #events: OldEvents;
  readonly #load: LoadWhiteboard;
  readonly #names: Names;
  readonly #contacts: ContactList;
  readonly #failed = (fault: unknown): void => tellFault(this.#events, fault);
  #shared: Readonly<Record<string, Json>>;

  /** @internal */
  constructor(session: Session, events: OldEvents, userData: Json | undefined, load: LoadWhiteboard) {
    this.session = session;
    this.#events = events;
    this.#load = load;
    this.#shared = isRecord(userData) ? (userData as Record<string, Json>) : {};
    this.#names = new Names(() => session.view().user);
    this.#contacts = new ContactList(session.presence, events, this.#names);
    session.on("problem", this.#failed);
    let devices = session.devices.view();
    session.devices.subscribe(() => {
      const { microphones, speakers } = session.devices.view();
      if (microphones === devices.microphones && speakers === devices.speakers) return;
      devices = session.devices.view();
      events.emit("mediaDeviceChanged", {});
    });
  }

  /** The own id. */
  get apiCCId(): string {
    return this.#names.own;
  }

  createWebRTCClient(options: WebRTCClientOptions = {}): ApiRTCWebRTCClient {
    return (this.apiCCWebRTCClient ??= new ApiRTCWebRTCClient(this.session, this.#events, this.#names, options));
  }

  createIMClient(): ApiRTCIMClient {
    return (this.apiCCIMClient ??= new ApiRTCIMClient({
      messages: this.session.messages,
      events: this.#events,
      names: this.#names,
      contacts: this.#contacts,
      share: (data) => this.setUserData(data),
      ownName: () => String(this.#shared["nickname"] ?? this.session.view().name ?? this.apiCCId),
      failed: this.#failed,
    }));
  }

  createDataClient(): ApiRTCDataClient {
    return (this.apiCCDataClient ??= new ApiRTCDataClient(this.session.data, this.#events, this.#names, this.#failed));
  }

  /**
   * `paperId`: id of the element that is drawn in. Cursors of others are drawn there too, so that `cursorsId` and
   * `instructionsId` have no use any more.
   */
  createWhiteBoard(
    paperId?: string | null,
    _cursorsId?: string | null,
    _instructionsId?: string | null,
  ): ApiRTCWhiteBoardClient {
    return (this.apiCCWhiteBoardClient ??= new ApiRTCWhiteBoardClient({
      session: this.session,
      events: this.#events,
      names: this.#names,
      paper: paperId,
      load: this.#load,
      failed: this.#failed,
    }));
  }

  /** Who is online in a group that is subscribed to, or in all of them. */
  getConnectedUsersList(group?: string): OldUser[] {
    return this.#contacts.users(group);
  }

  getConnectedUserIdsList(group?: string): string[] {
    return [...new Set(this.getConnectedUsersList(group).map(({ userId }) => userId))];
  }

  /** From now on subscribers of the group see the user. */
  joinGroup(group: string): void {
    this.session.presence.join(group).catch(this.#failed);
  }

  leaveGroup(group: string): void {
    this.session.presence.leave(group).catch(this.#failed);
  }

  /** From now on `connectedUsersListUpdate` tells who joined the group. */
  subscribeToGroup(group: string): void {
    this.session.presence.watch(group).catch(this.#failed);
  }

  unsubscribeToGroup(group: string): void {
    this.session.presence.unwatch(group).catch(this.#failed);
  }

  /** Adds to what subscribers see of the user. */
  setUserData(data: object): void {
    this.#shared = { ...this.#shared, ...(data as Record<string, Json>) };
    this.session.presence.setUserData(this.#shared).catch(this.#failed);
  }
}

/** Tells `error` what went wrong. */
export function tellFault(events: OldEvents, fault: unknown): void {
  const { code, message, hint } =
    fault instanceof ClientError ? fault : new ClientError("unsupported", { cause: fault });
  events.emit("error", { errorCode: code, errorInfo: message, hint });
}
