import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Accounts } from "../directory/accounts.ts";
import type { Binding, PushParams, Registrations } from "../directory/registrations.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import { parseContact, type Contact } from "../sip-syntax/contact.ts";
import { splitOutside } from "../sip-syntax/grammar.ts";
import { printUri, parseSipUri } from "../sip-syntax/uri.ts";
import { pushParamsOf } from "./push-params.ts";
import type { Authenticator } from "./authenticator.ts";
import type { InRequest } from "./link.ts";
import type { Domains } from "./domains.ts";

/** Seconds. */
export interface RegistrarSettings {
  /** Shorter is refused with 423 (RFC 3261 10.3 step 7). */
  readonly minExpires: number;
  /** Longer is shortened. */
  readonly maxExpires: number;
  /** When the phone names none. */
  readonly defaultExpires: number;
  /** Contacts of one user. */
  readonly maxContacts: number;
}

export const registrarDefaults: RegistrarSettings = {
  minExpires: 60,
  maxExpires: 7200,
  defaultExpires: 3600,
  maxContacts: 10,
};

interface Change {
  readonly contact: string;
  readonly q: number;
  readonly expires: number;
  readonly push?: PushParams;
}

export interface RegistrarParts {
  readonly accounts: Accounts;
  readonly registrations: Registrations;
  readonly authenticator: Authenticator;
  readonly domains: Domains;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The registrar of our domains (RFC 3261 10.3): steps in the order of that clause. */
export class Registrar {
  readonly #parts: RegistrarParts;
  readonly #settings: RegistrarSettings;

  constructor(parts: RegistrarParts, settings: RegistrarSettings = registrarDefaults) {
    this.#parts = parts;
    this.#settings = settings;
  }

  async handle(request: InRequest): Promise<void> {
    const user = this.#parts.domains.userOf(request.header("to") ?? "");
    if (!user) return void (await request.respond({ status: 404 }));
    const account = await this.#parts.authenticator.authenticate(request, user, "registrar");
    if (!account) return;
    const now = await this.#parts.registrations.list(user);
    const changes = this.#read(request);
    if (changes === "bad") return void (await request.respond({ status: 400, reason: "Bad Contact" }));
    if (changes === "all") return this.#removeAll(request, user, now);
    if (changes.some(({ expires }) => expires > 0 && expires < this.#settings.minExpires)) {
      return void (await request.respond({
        status: 423,
        headers: { "Min-Expires": String(this.#settings.minExpires) },
      }));
    }
    if (
      outOfOrder(
        request,
        now,
        changes.map(({ contact }) => contact),
      )
    )
      return void (await request.respond({ status: 500, reason: "CSeq Out Of Order" }));
    const kept = new Set(now.map(({ contact }) => contact));
    for (const { contact, expires } of changes) void (expires === 0 ? kept.delete(contact) : kept.add(contact));
    if (kept.size > this.#settings.maxContacts)
      return void (await request.respond({ status: 403, reason: "Too Many Contacts" }));
    for (const change of changes) await this.#apply(request, user, change);
    await this.#confirm(request, user);
  }

  async #apply(request: InRequest, user: UserId, { contact, q, expires, push }: Change): Promise<void> {
    if (expires === 0) return this.#parts.registrations.remove(user, contact);
    await this.#parts.registrations.put(user, {
      contact,
      q,
      address: request.source.address,
      port: request.source.port,
      transport: request.source.transport,
      callId: request.callId,
      cseq: cseqOf(request),
      expiresAt: this.#parts.clock.now() + expires * 1000,
      ...(push && { push }),
    });
  }

  async #removeAll(request: InRequest, user: UserId, now: readonly Binding[]): Promise<void> {
    if (
      outOfOrder(
        request,
        now,
        now.map(({ contact }) => contact),
      )
    )
      return void (await request.respond({ status: 500, reason: "CSeq Out Of Order" }));
    for (const { contact } of now) await this.#parts.registrations.remove(user, contact);
    await this.#confirm(request, user);
  }

  /** RFC 3261 10.3 step 8: every current binding, with the seconds that it has left. */
  async #confirm(request: InRequest, user: UserId): Promise<void> {
    const now = await this.#parts.registrations.list(user);
    const contacts = now.map(({ contact, expiresAt, q }) => {
      const left = Math.max(1, Math.round((expiresAt - this.#parts.clock.now()) / 1000));
      return `<${contact}>;expires=${left}${q === 1 ? "" : `;q=${q}`}`;
    });
    this.#parts.log.info("registered", {
      user: printUserId(user),
      contacts: contacts.length,
      transport: request.source.transport,
    });
    await request.respond({
      status: 200,
      headers: {
        ...(contacts.length > 0 && { Contact: contacts.join(", ") }),
        Date: new Date(this.#parts.clock.now()).toUTCString(),
      },
    });
  }

  #read(request: InRequest): readonly Change[] | "all" | "bad" {
    const header = request.header("contact")?.trim();
    const asked = /^\d{1,10}$/.exec(request.header("expires")?.trim() ?? "")?.[0];
    if (header === undefined || header === "") return [];
    if (header === "*") return asked === "0" ? "all" : "bad"; // RFC 3261 10.2.2
    try {
      return splitOutside(header, ",").map((value) => this.#change(parseContact(value.trim()), asked));
    } catch {
      return "bad";
    }
  }

  #change(contact: Contact, asked: string | undefined): Change {
    const uri = parseSipUri(contact.uri);
    const push = pushParamsOf(uri);
    const expires = contact.expires ?? (asked === undefined ? this.#settings.defaultExpires : Number(asked));
    return {
      contact: printUri(uri),
      q: contact.q ?? 1,
      expires: Math.min(expires, this.#settings.maxExpires),
      ...(push && { push }),
    };
  }
}

/** RFC 3261 10.3 step 7: an older request of the same phone (Call-ID) changes nothing. */
function outOfOrder(request: InRequest, now: readonly Binding[], contacts: readonly string[]): boolean {
  return now.some(
    (binding) =>
      contacts.includes(binding.contact) && binding.callId === request.callId && binding.cseq >= cseqOf(request),
  );
}

function cseqOf(request: InRequest): number {
  return Number.parseInt(request.header("cseq") ?? "0", 10);
}
