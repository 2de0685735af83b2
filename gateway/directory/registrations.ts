import type { UserId } from "./user-id.ts";

/** How a sleeping softphone is woken (RFC 8599 4): the parameters of its Contact, decoded. */
export interface PushParams {
  /** `pn-provider`, such as `apns` or `fcm`. */
  readonly provider: string;
  /** `pn-prid`: names the device at the provider. */
  readonly prid: string;
  /** `pn-param`: what else the provider wants, such as the application. */
  readonly param?: string;
}

/** A softphone that registered (RFC 3261 10.3). */
export interface Binding {
  /** Contact URI as given. */
  readonly contact: string;
  /** Where the REGISTER came from: the way back through NAT. */
  readonly address: string;
  readonly port: number;
  /** `udp`, `tcp`, `ws`, … of the top Via; decides the kind of media. */
  readonly transport: string;
  readonly callId: string;
  readonly cseq: number;
  /** 0 to 1. */
  readonly q: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Absent for one that does not sleep. */
  readonly push?: PushParams;
  /** The SIP server that it registered with, which alone reaches it; absent: this node's. */
  readonly server?: string;
  /** When it was registered or refreshed last, as far as that is kept: milliseconds since the epoch. */
  readonly at?: number;
}

export interface RegistrationEvents {
  /**
   * The bindings of a user changed: registered, refreshed with another contact, removed or expired. `here`: at this node's
   * SIP server.
   */
  changed: [user: UserId, here: boolean];
}

/** Which softphones are registered. A binding is deleted when it expires or is removed by its phone. */
export interface Registrations {
  /** Live bindings at whatever node is there, best q first. */
  list(user: UserId): Promise<readonly Binding[]>;
  /** Those of this node's SIP server. Waits for nobody. */
  here(user: UserId): Promise<readonly Binding[]>;
  /** Adds or refreshes the binding of that contact, at this node. */
  put(user: UserId, binding: Binding): Promise<void>;
  /** At this node. */
  remove(user: UserId, contact: string): Promise<void>;
  /** Users of the domain with at least one live binding, and how many. */
  online(domain: string): Promise<readonly { readonly user: UserId; readonly phones: number }[]>;
  /** Live bindings of this node. */
  readonly size: number;
  on<K extends keyof RegistrationEvents>(event: K, listener: (...args: RegistrationEvents[K]) => void): () => void;
}
