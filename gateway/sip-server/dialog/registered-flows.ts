import type { Clock } from "../../base/clock.ts";
import { type Contact, parseContacts } from "../../sip-syntax/contact.ts";
import type { SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import { parseUri } from "../../sip-syntax/uri.ts";
import type { Flow } from "../transport/flow.ts";

interface Registration {
  readonly flow: Flow;
  /** RFC 5626 4.2: a client may hold several flows, each with a number of its own. */
  readonly regId: string | undefined;
  /** By the monotonic clock. */
  readonly until: number;
}

const sweepMs = 60_000;

/**
 * Which way a registered client is reached: its Contact (often `….invalid`, RFC 7118 5) names no address.
 * Kept by `user@host`, as long as the registrar's answer says, and no longer than the connection. UDP clients are kept
 * when they speak of flows (`ob`, `reg-id`; RFC 5626): what came from behind a NAT goes back there.
 */
export class RegisteredFlows {
  readonly #clock: Clock;
  /** The newest first. */
  readonly #flows = new Map<string, readonly Registration[]>();
  readonly #keys = new WeakMap<Flow, Set<string>>();
  #swept: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#swept = clock.monotonic();
  }

  get size(): number {
    return this.#flows.size;
  }

  /** Learns from the answer to a REGISTER or SUBSCRIBE that came over a connection, or over a flow of UDP. */
  learn(request: SipRequest, response: SipResponse, flow: Flow): void {
    if (response.status > 299) return;
    this.#sweep();
    for (const contact of contactsOf(request)) {
      const key = flowKey(contact.uri);
      if (key === undefined || !(flow.reliable || speaksOfFlows(contact))) continue;
      const seconds = expiryIn(response, contact);
      this.#keep(key, { flow, regId: regIdOf(contact), until: this.#clock.monotonic() + seconds * 1000 });
    }
  }

  /** The way to a request's target, if it registered: of several that are open and fit, the newest (RFC 5626 5.3). */
  find(uri: string, fits: (flow: Flow) => boolean = () => true): Flow | undefined {
    const key = this.#flows.size === 0 ? undefined : flowKey(uri);
    if (key === undefined) return undefined;
    this.#prune(key);
    return this.#flows.get(key)?.find(({ flow }) => fits(flow))?.flow;
  }

  flowClosed(flow: Flow): void {
    for (const key of this.#keys.get(flow) ?? []) this.#prune(key);
  }

  /** A flow replaces the one with the same number, or all when it has none. */
  #keep(key: string, made: Registration): void {
    const others = (this.#flows.get(key) ?? []).filter(
      ({ regId }) => made.regId !== undefined && regId !== undefined && regId !== made.regId,
    );
    this.#flows.set(key, [made, ...others]);
    this.#prune(key);
    const keys = this.#keys.get(made.flow) ?? new Set();
    this.#keys.set(made.flow, keys.add(key));
  }

  #prune(key: string): void {
    const now = this.#clock.monotonic();
    const left = (this.#flows.get(key) ?? []).filter(({ flow, until }) => flow.open && until > now);
    if (left.length > 0) this.#flows.set(key, left);
    else this.#flows.delete(key);
  }

  /** UDP flows do not close: what has expired and is not asked for goes now and then. */
  #sweep(): void {
    if (this.#clock.monotonic() - this.#swept < sweepMs) return;
    this.#swept = this.#clock.monotonic();
    for (const key of [...this.#flows.keys()]) this.#prune(key);
  }
}

function regIdOf(contact: Contact): string | undefined {
  const value = contact.params.get("reg-id");
  return typeof value === "string" ? value : undefined;
}

function speaksOfFlows(contact: Contact): boolean {
  return regIdOf(contact) !== undefined || hasOutbound(contact.uri);
}

/** RFC 5626 4.3: requests to a URI with `ob` go by the flow that it came on. */
export function hasOutbound(uri: string): boolean {
  try {
    return parseUri(uri).params.has("ob");
  } catch {
    return false;
  }
}

/** A client that is reached by its flow only: it says so, or its address is none (RFC 7118 5). */
export function needsFlow(uri: string): boolean {
  try {
    const { params, ...parsed } = parseUri(uri);
    return params.has("ob") || ("host" in parsed && parsed.host.endsWith(".invalid"));
  } catch {
    return false;
  }
}

/** RFC 5626 4.2: a REGISTER that asks for outbound. */
export function registersFlow(request: SipRequest): boolean {
  return contactsOf(request).some(speaksOfFlows);
}

const defaultExpires = 3600;

export function contactsOf(request: SipRequest): readonly Contact[] {
  try {
    const contacts = parseContacts(request.headers);
    return contacts === "*" ? [] : contacts;
  } catch {
    return [];
  }
}

/** The registrar's word: the expiry of this contact, else of the answer (RFC 3261 10.2.4). */
function expiryIn(response: SipResponse, contact: Contact): number {
  const header = response.headers.get("Expires");
  const general = header !== undefined && /^\d{1,10}$/.test(header) ? Number(header) : undefined;
  try {
    const contacts = parseContacts(response.headers);
    const same = contacts === "*" ? undefined : contacts.find((one) => flowKey(one.uri) === flowKey(contact.uri));
    return same?.expires ?? general ?? (contacts.length === 0 ? 0 : defaultExpires);
  } catch {
    return general ?? defaultExpires;
  }
}

function flowKey(text: string): string | undefined {
  try {
    const uri = parseUri(text);
    return uri.scheme === "tel" ? undefined : `${uri.user ?? ""}@${uri.host}`;
  } catch {
    return undefined;
  }
}
