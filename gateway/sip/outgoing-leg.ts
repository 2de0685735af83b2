import { messageOf } from "../base/errors.ts";
import type { Cause } from "../call/cause.ts";
import type { CodecPolicy, Leg, LegCommand, LegFact, LegId, LegKind, OfferedCall, Party } from "../call/leg.ts";
import type { WireListener } from "../call/wire.ts";
import { parseNameAddr } from "../sip-syntax/name-addr.ts";
import { splitOutside } from "../sip-syntax/grammar.ts";
import { sdpHeaders, sdpOf } from "./body.ts";
import { causeOfStatus, reasonOfCause } from "./cause.ts";
import { answerChallenge, type OwnCredentials } from "./digest.ts";
import type { DialogTable } from "./dialog-table.ts";
import { allow, nameAddrOf } from "./identity.ts";
import { InviteUsage } from "./invite-usage.ts";
import type { HeaderValues, InRequest, InResponse, OutRequest, SipLink } from "./link.ts";
import { SipTape } from "./sip-tape.ts";

/** Where an outgoing INVITE goes. */
export interface OutgoingRoute {
  readonly party: Party;
  readonly kind: LegKind;
  /** Request-URI: the registered Contact, or the trunk's form of the number. */
  readonly uri: string;
  /** Next hop, when it is not the Request-URI's: the source of a phone behind NAT, the trunk's proxy. */
  readonly proxy?: string;
  readonly codecs?: CodecPolicy;
  readonly credentials?: OwnCredentials;
  /** Host part for numbers in From and To. */
  readonly host: string;
  readonly headers?: HeaderValues;
  /** The caller as this network should see it (default: as it is). */
  readonly from?: Party;
  /** Name of the trunk. */
  readonly network?: string;
}

/**
 * A called leg over SIP: sends the INVITE (RFC 3261 13.2), acknowledges, cancels, and from the answer on is an
 * INVITE usage. A fork of the far end is this one leg: each early answer replaces the one before.
 */
export class OutgoingLeg implements Leg {
  readonly id: LegId;
  readonly wire = "sip";
  readonly network?: string;
  readonly #route: OutgoingRoute;
  readonly #table: DialogTable;
  readonly #tape: SipTape;
  readonly #link: SipLink;
  #listener: (fact: LegFact) => void = () => {};
  #request: OutRequest | undefined;
  #usage: InviteUsage | undefined;
  #dialogId = "";
  #offer: string | undefined;
  #owesAck: InResponse | undefined;
  #ended: Cause | undefined;
  #finished = false;
  #challenged = false;

  constructor(id: LegId, route: OutgoingRoute, table: DialogTable) {
    this.id = id;
    if (route.network !== undefined) this.network = route.network;
    this.#route = route;
    this.#table = table;
    this.#tape = new SipTape(table.usageParts.clock);
    this.#link = this.#tape.link(table.link);
  }

  get kind(): LegKind {
    return this.#route.kind;
  }

  get party(): Party {
    return this.#route.party;
  }

  get codecs(): CodecPolicy {
    return this.#route.codecs ?? "follow";
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = () => {});
  }

  observe(listener: WireListener): void {
    this.#tape.listen(listener);
  }

  command(command: LegCommand): void {
    switch (command.do) {
      case "offer":
        this.#offer = command.description?.sdp;
        return void this.#invite(command.call);
      case "confirm":
        return this.#confirm(command.description?.sdp, command);
      case "update":
        return this.#usage?.update(command.description);
      case "updated":
        return this.#usage?.updated(command.description);
      case "refuse-update":
        return this.#usage?.refuse(command.cause);
      case "end":
        return this.#end(command.cause);
      default:
        return;
    }
  }

  async #invite(call: OfferedCall, extra: HeaderValues = {}): Promise<void> {
    if (this.#ended) return;
    const { uri, proxy, host, headers, credentials, from = call.from } = this.#route;
    // RFC 3262 5: a reliable offer would want its answer in our PRACK, before anybody has answered.
    const supported = [...(this.#offer === undefined ? [] : ["100rel"]), ...(credentials ? ["timer"] : [])];
    const fixed = { From: nameAddrOf(from, host), To: nameAddrOf(this.party, host) };
    try {
      const request = await this.#link.request({
        method: "INVITE",
        uri,
        ...(proxy !== undefined && { proxy }),
        headers: {
          ...fixed,
          Allow: allow,
          ...(call.hops !== undefined && { "Max-Forwards": String(call.hops) }),
          ...(supported.length > 0 && { Supported: supported.join(", ") }),
          // RFC 4028: a refresh of ours might be challenged, and the SIP server does not know the password.
          ...(credentials && { "Session-Expires": "1800;refresher=uas" }),
          ...headers,
          ...extra,
          ...(this.#offer !== undefined && sdpHeaders),
        },
        ...(this.#offer !== undefined && { body: this.#offer }),
      });
      this.#request = request;
      const forget = this.#table.addInvite(request.transactionId, {
        handle: (asked) => this.#early(this.#tape.request(asked)),
        lost: () => this.#fail({ code: "network-lost", text: "SIP server lost" }),
      });
      request.onResponse((response) => {
        if (response.status >= 200) forget();
        this.#response(response, call, extra);
      });
      if (this.#ended && !this.#finished) this.#cancel(this.#ended);
    } catch (fault) {
      this.#fail({ code: "unavailable", sip: 503, text: messageOf(fault) });
    }
  }

  #response(response: InResponse, call: OfferedCall, sent: HeaderValues): void {
    if (response.status < 200) return this.#provisional(response);
    this.#finished = true;
    if (response.status < 300) return this.#accepted(response);
    if (this.#ended) return;
    if (response.status < 400) return this.#redirected(response);
    if ((response.status === 401 || response.status === 407) && this.#answerChallenge(response, call, sent)) return;
    this.#fail(causeOfStatus(response.status, [response.header("reason") ?? ""], response.source.address === ""));
  }

  /** An UPDATE before the answer (RFC 3311): our offer is open. */
  #early(request: InRequest): void {
    const { log } = this.#table.usageParts;
    const refused = request.respond({ status: 500, headers: { "Retry-After": "2" } });
    refused.catch((fault: unknown) => log.debug("response not sent", { fault: messageOf(fault) }));
  }

  #provisional(response: InResponse): void {
    const reliable = response.header("rseq") !== undefined;
    if (reliable) response.ack(); // RFC 3262 4: PRACK
    // RFC 6228: one fork of the far end has failed; whether the call has, its final response will tell.
    if (this.#ended || response.status === 199) return;
    const sdp = sdpOf(response);
    if (sdp !== undefined) {
      const kind = this.#offer === undefined ? "offer" : "answer";
      this.#listener({ is: "early", description: { kind, sdp, generation: 1 } });
    } else if (response.status !== 100) this.#listener({ is: "ringing" });
  }

  /** Late or not wanted any more: acknowledged and released (RFC 3261 15, CANCEL crossing 200). */
  #accepted(response: InResponse): void {
    if (this.#usage) return this.#acceptedAgain(response);
    this.#dialogId = response.dialogId;
    const usage = this.#openUsage(response.dialogId, (fact) => this.#listener(fact));
    this.#usage = usage;
    if (this.#ended) {
      response.ack();
      return usage.end(this.#ended);
    }
    const sdp = sdpOf(response);
    if (this.#offer !== undefined || sdp === undefined) response.ack();
    else this.#owesAck = response;
    const kind = this.#offer === undefined ? "offer" : "answer";
    this.#listener(
      sdp === undefined ? { is: "answered" } : { is: "answered", description: { kind, sdp, generation: 1 } },
    );
  }

  /** The 2xx once more; or one of another fork of the far end, which is released (RFC 3261 13.2.2.4). */
  #acceptedAgain(response: InResponse): void {
    const fork = response.dialogId !== this.#dialogId;
    if (fork || !this.#owesAck) response.ack();
    if (fork) this.#openUsage(response.dialogId, () => {}).end({ code: "answered-elsewhere" });
  }

  #openUsage(dialogId: string, fact: (fact: LegFact) => void): InviteUsage {
    const usage = new InviteUsage({
      ...this.#table.usageParts,
      link: this.#link,
      dialogId,
      caller: true,
      ...(this.#route.credentials && { credentials: this.#route.credentials }),
      fact,
      closed: () => close(),
    });
    const close = this.#table.add(dialogId, {
      handle: (request) => usage.handle(this.#tape.request(request)),
      lost: () => usage.lost(),
    });
    return usage;
  }

  #redirected(response: InResponse): void {
    this.#ended = { code: "redirected" };
    const targets = splitOutside(response.header("contact") ?? "", ",").flatMap((value) => {
      try {
        return [parseNameAddr(value.trim()).uri];
      } catch {
        return [];
      }
    });
    this.#listener({ is: "redirected", targets, sip: response.status });
  }

  /** RFC 3261 22.2: once, in the same call and from the same tag, with the next CSeq. */
  #answerChallenge(response: InResponse, call: OfferedCall, sent: HeaderValues): boolean {
    const request = this.#request;
    const own = this.#route.credentials;
    if (!own || !request || this.#challenged) return false;
    this.#challenged = true;
    const proxy = response.status === 407;
    const challenge = response.header(proxy ? "proxy-authenticate" : "www-authenticate") ?? "";
    const answer = answerChallenge(challenge, own, "INVITE", this.#route.uri);
    if (answer === undefined) return false;
    // The SIP server may have sent it again with a higher number (RFC 4028 7.3).
    const cseq = Number.parseInt(response.header("cseq") ?? request.header("cseq") ?? "1", 10) + 1;
    this.#finished = false;
    this.#request = undefined;
    void this.#invite(call, {
      ...sent,
      "Call-ID": request.callId,
      From: request.header("from") ?? "",
      CSeq: `${cseq} INVITE`,
      [proxy ? "Proxy-Authorization" : "Authorization"]: answer,
    });
    return true;
  }

  #confirm(sdp: string | undefined, command: Extract<LegCommand, { do: "confirm" }>): void {
    if (this.#owesAck) {
      this.#owesAck.ack(sdp === undefined ? {} : { headers: sdpHeaders, body: sdp });
      this.#owesAck = undefined;
    } else if (command.description) this.#usage?.confirm(command.description);
  }

  #end(cause: Cause): void {
    if (this.#ended) return;
    this.#ended = cause;
    this.#listener = () => {};
    this.#owesAck?.ack();
    if (this.#usage) this.#usage.end(cause);
    else if (this.#request && !this.#finished) this.#cancel(cause);
  }

  #cancel(cause: Cause): void {
    this.#request
      ?.cancel(reasonOfCause(cause))
      .catch((fault: unknown) => this.#table.usageParts.log.debug("CANCEL not sent", { fault: messageOf(fault) }));
  }

  #fail(cause: Cause): void {
    if (this.#ended) return;
    this.#ended = cause;
    this.#listener({ is: "ended", cause });
  }
}
