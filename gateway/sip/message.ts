import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Bus } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { Binding, Registrations } from "../directory/registrations.ts";
import { printUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { Carried, CarriedMessage, Carrier, TakeMessage } from "../messaging/carrier.ts";
import { parseSipUri } from "../sip-syntax/uri.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Domains } from "./domains.ts";
import { FarPhones } from "./far-phones.ts";
import { nameAddrOf } from "./identity.ts";
import type { InRequest, OutRequest, SipLink } from "./link.ts";
import { bodyOf, textHeaders, textOf } from "./message-text.ts";
import { phoneRoute } from "./phone-route.ts";

export interface SipMessagesParts {
  readonly link: SipLink;
  readonly registrations: Registrations;
  readonly authenticator: Authenticator;
  readonly domains: Domains;
  /** Where softphones may be registered too; absent where there are none. */
  readonly others?: { readonly bus: Bus; readonly nodes: Nodes };
  readonly clock: Clock;
  readonly log: Logger;
  /** RFC 3261 T1, in milliseconds. */
  readonly t1: number;
}

/** How long after Timer F (RFC 3261 17.1.2.2) an answer of the SIP server itself may take, in milliseconds. */
const afterTimerF = 5_000;
/** Messages that are remembered, each at a phone. */
const maxGiven = 2_000;

/** MESSAGE requests (RFC 3428), from and to the softphones that are registered here. */
export class SipMessages implements Carrier {
  readonly #parts: SipMessagesParts;
  readonly #far: FarPhones | undefined;
  /** Messages that are on their way to a phone, or were taken or refused by it for good. */
  readonly #given = new Map<string, Promise<Carried>>();
  #take: TakeMessage | undefined;

  constructor(parts: SipMessagesParts) {
    this.#parts = parts;
    const { others, clock, t1 } = parts;
    this.#far =
      others &&
      new FarPhones({
        ...others,
        clock,
        patience: 64 * t1 + 2 * afterTimerF,
        here: async (to, contact, message) => {
          const binding = (await parts.registrations.here(to)).find((one) => one.contact === contact);
          return binding ? this.#give(to, binding, message) : "absent";
        },
      });
  }

  /** From now on messages go there; until then they are answered with 503. */
  giveTo(take: TakeMessage): void {
    this.#take = take;
  }

  onReady(listener: (user: UserId) => void): () => void {
    // Those of other nodes are told there: each message is given by one node.
    return this.#parts.registrations.on("changed", (user, here) => here && listener(user));
  }

  async deliver(to: UserId, message: CarriedMessage): Promise<Carried> {
    const bindings = await this.#parts.registrations.list(to);
    const said = await Promise.all(
      bindings.map((binding) => {
        const { server, contact } = binding;
        if (server === undefined) return this.#give(to, binding, message);
        return this.#far?.deliver(server, to, contact, message) ?? ("absent" as const);
      }),
    );
    return (["delivered", "failed", "refused"] as const).find((one) => said.includes(one)) ?? "absent";
  }

  close(): void {
    this.#far?.close();
  }

  /** A MESSAGE outside a dialog. Answered with 202 when it is kept (RFC 3428 7), with 503 when it could not be. */
  async handle(request: InRequest): Promise<void> {
    const { domains, authenticator, log } = this.#parts;
    const from = domains.userOf(request.header("from") ?? "");
    if (!from) return void (await request.respond({ status: 403 }));
    const account = await authenticator.authenticate(request, from, "proxy");
    if (!account) return;
    const read = textOf(request);
    if ("status" in read) return void (await request.respond(read));
    const to = this.#calledBy(request.uri);
    if (!to || to.domain !== from.domain) return void (await request.respond({ status: 404 }));
    const name = account.name === undefined ? {} : { name: account.name };
    try {
      if (!this.#take) throw new Error("nobody takes messages yet");
      const said = await this.#take({ from, to, text: read.text, messageId: idOf(request, from), ...name });
      await request.respond({ status: said === "kept" ? 202 : 404 });
    } catch (fault) {
      log.error("SIP message not kept", { from: printUserId(from), fault: messageOf(fault) });
      await request.respond({ status: 503, headers: { "Retry-After": "5" } });
    }
  }

  #calledBy(uri: string): UserId | undefined {
    try {
      return this.#parts.domains.userOfUri(parseSipUri(uri));
    } catch {
      return undefined;
    }
  }

  /** Several nodes may have the same message for a phone at once: it gets it once. */
  #give(to: UserId, binding: Binding, message: CarriedMessage): Promise<Carried> {
    const key = `${binding.contact} ${message.id}`;
    const known = this.#given.get(key);
    if (known) return known;
    const sent = this.#send(to, binding, message);
    this.#given.set(key, sent);
    void sent.then((said) => said === "failed" && this.#given.delete(key));
    const oldest = this.#given.keys().next().value;
    if (this.#given.size > maxGiven && oldest !== undefined) this.#given.delete(oldest);
    return sent;
  }

  async #send(to: UserId, binding: Binding, message: CarriedMessage): Promise<Carried> {
    const { link, clock, log, t1 } = this.#parts;
    const { party, uri, proxy, host } = phoneRoute(to, binding, "rtp");
    const from = { address: { user: printUserId(message.from) }, ...(message.name && { name: message.name }) };
    try {
      const sent = await link.request({
        method: "MESSAGE",
        uri,
        ...(proxy !== undefined && { proxy }),
        headers: {
          From: nameAddrOf(from, host),
          To: nameAddrOf(party, host),
          Date: new Date(message.at).toUTCString(),
          ...textHeaders,
        },
        body: bodyOf(message.text),
      });
      return carriedBy(await withDeadline(finalStatus(sent), 64 * t1 + afterTimerF, "MESSAGE", clock));
    } catch (fault) {
      log.warn("SIP message not sent", { to: printUserId(to), fault: messageOf(fault) });
      return "failed";
    }
  }
}

const finalStatus = (sent: OutRequest): Promise<number> =>
  new Promise((resolve) => sent.onResponse(({ status }) => status >= 200 && resolve(status)));

/** Answers that may be better next time: timeouts, a phone that is not ready, and faults of servers. */
const passing: ReadonlySet<number> = new Set([408, 430, 480, 486, 491]);

/** What a final answer means for the message. */
export function carriedBy(status: number): Carried {
  if (status < 300) return "delivered";
  return passing.has(status) || (status >= 500 && status < 600) ? "failed" : "refused";
}

/** A request that comes again has the same Call-ID and CSeq (RFC 3261 8.1.1.4, 8.1.1.5). */
const idOf = (request: InRequest, from: UserId): string =>
  createHash("sha256")
    .update([userKey(from), request.callId, request.header("cseq") ?? ""].join("\n"))
    .digest("base64url");
