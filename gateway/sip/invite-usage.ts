import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Cause } from "../call/cause.ts";
import type { Description, LegFact } from "../call/leg.ts";
import { digitOf, sdpHeaders, sdpOf } from "./body.ts";
import { causeOfReason, causeOfStatus, reasonOfCause, statusOfCause } from "./cause.ts";
import { answerChallenge, type OwnCredentials } from "./digest.ts";
import { allow } from "./identity.ts";
import type { InRequest, InResponse, OutRequest, SipLink } from "./link.ts";
import { missingExtension } from "./understood.ts";

export interface InviteUsageParts {
  readonly link: SipLink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dialogId: string;
  /** Whose INVITE made the dialog: decides who waits longer after a glare (RFC 3261 14.1). */
  readonly caller: boolean;
  readonly credentials?: OwnCredentials;
  fact(fact: LegFact): void;
  /** The dialog is over and needs no dispatching any more. */
  closed(): void;
}

/**
 * The confirmed INVITE usage of a dialog (RFC 5057): BYE, re-INVITE, UPDATE and INFO in both directions.
 * One offer/answer exchange at a time is the call's business; glare on the wire is ours.
 */
export class InviteUsage {
  readonly #parts: InviteUsageParts;
  /** A re-INVITE or UPDATE of the far end that waits for our answer. */
  #asked: InRequest | undefined;
  /** Our 200 to a re-INVITE carried an offer; the ACK brings the answer. */
  #awaitsAck = false;
  /** Our re-INVITE asked for an offer; its ACK waits for the answer. */
  #owesAck: InResponse | undefined;
  #retry: Timer | undefined;
  #over = false;

  constructor(parts: InviteUsageParts) {
    this.#parts = parts;
  }

  handle(request: InRequest): void {
    switch (request.method) {
      case "BYE":
        return this.#bye(request);
      case "INVITE":
      case "UPDATE":
        return this.#update(request);
      case "ACK":
        return this.#ack(request);
      case "INFO":
        return this.#info(request);
      case "OPTIONS":
        return this.#reply(request, 200, { Allow: allow });
      case "PRACK":
        return this.#reply(request, 200);
      case "REFER":
        return this.#reply(request, 603);
      default:
        return this.#reply(request, 405, { Allow: allow });
    }
  }

  /** Offers the far end a new description, or asks it for one. */
  update(description: Description | undefined): void {
    void this.#reinvite(description);
  }

  /** Answers the far end's offer; or makes the offer that it asked for. */
  updated(description: Description): void {
    const request = this.#asked;
    this.#asked = undefined;
    if (!request) return;
    this.#awaitsAck = description.kind === "offer";
    this.#reply(request, 200, { ...sdpHeaders, Allow: allow }, description.sdp);
  }

  refuse(cause: Cause): void {
    const request = this.#asked;
    this.#asked = undefined;
    if (!request) return;
    this.#reply(request, statusOfCause({ ...cause, code: "not-acceptable" }));
  }

  /** The answer to an offer that came in the 200 to our empty re-INVITE. */
  confirm(description: Description): void {
    this.#owesAck?.ack({ headers: sdpHeaders, body: description.sdp });
    this.#owesAck = undefined;
  }

  /** Ends the dialog with BYE. Idempotent. */
  end(cause: Cause): void {
    if (this.#over) return;
    if (this.#asked) this.#reply(this.#asked, 487);
    this.#owesAck?.ack();
    this.#close();
    void this.#sendBye(cause);
  }

  /** The link went and the dialog with it. */
  lost(): void {
    if (this.#over) return;
    this.#close();
    this.#parts.fact({ is: "ended", cause: { code: "network-lost", text: "SIP server lost" } });
  }

  #close(): void {
    this.#over = true;
    this.#retry?.cancel();
    this.#parts.closed();
  }

  #bye(request: InRequest): void {
    const reasons = [request.header("reason") ?? ""];
    if (!request.unsolicited) this.#reply(request, 200);
    if (this.#over) return;
    if (this.#asked) this.#reply(this.#asked, 487); // RFC 3261 15.1.2
    this.#close();
    const made = request.unsolicited ? causeOfOwnBye(reasons[0] ?? "") : undefined;
    this.#parts.fact({ is: "ended", cause: made ?? causeOfReason(reasons, "normal") });
  }

  #update(request: InRequest): void {
    const missing = missingExtension(request);
    if (missing) return this.#reply(request, missing.status, missing.headers);
    // RFC 3261 14.2: a second offer before the first is answered.
    if (this.#asked) return this.#reply(request, 500, { "Retry-After": "1" });
    if (this.#owesAck || this.#retry) return this.#reply(request, 491);
    const sdp = sdpOf(request);
    // RFC 3311 5.2: an UPDATE without an offer only refreshes.
    if (sdp === undefined && request.method === "UPDATE") return this.#reply(request, 200, { Allow: allow });
    this.#asked = request;
    this.#parts.fact(
      sdp === undefined ? { is: "update" } : { is: "update", description: { kind: "offer", sdp, generation: 1 } },
    );
  }

  #ack(request: InRequest): void {
    if (!this.#awaitsAck) return;
    this.#awaitsAck = false;
    const sdp = sdpOf(request);
    if (sdp !== undefined) this.#parts.fact({ is: "confirmed", description: { kind: "answer", sdp, generation: 1 } });
  }

  #info(request: InRequest): void {
    const key = digitOf(request);
    if (!key) return this.#reply(request, request.body === "" ? 200 : 415, { Accept: "application/dtmf-relay" });
    this.#reply(request, 200);
    this.#parts.fact({ is: "digits", digits: key.digit, durationMs: key.durationMs });
  }

  #reply(request: InRequest, status: number, headers?: Readonly<Record<string, string>>, body?: string): void {
    request
      .respond({ status, ...(headers && { headers }), ...(body !== undefined && { body }) })
      .catch((fault: unknown) =>
        this.#parts.log.debug("in-dialog response not sent", { status, fault: messageOf(fault) }),
      );
  }

  async #reinvite(
    description: Description | undefined,
    authorization: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { link, dialogId } = this.#parts;
    try {
      const headers = { Allow: allow, ...authorization, ...(description && sdpHeaders) };
      const request = await link.request({
        method: "INVITE",
        dialogId,
        headers,
        ...(description && { body: description.sdp }),
      });
      request.onResponse((response) =>
        this.#reinviteResponse(request, response, description, Object.keys(authorization).length > 0),
      );
    } catch (fault) {
      this.#refused({ code: "network-lost", text: messageOf(fault) });
    }
  }

  #reinviteResponse(
    request: OutRequest,
    response: InResponse,
    description: Description | undefined,
    authorized: boolean,
  ): void {
    if (response.status < 200) return void (response.header("rseq") !== undefined && response.ack());
    if (this.#over) return void (response.status < 300 && response.ack());
    if (response.status < 300) return this.#reinviteAccepted(response, description);
    if (response.status === 491) return this.#again(description);
    if ((response.status === 401 || response.status === 407) && !authorized) {
      const answer = this.#authorization(response, "INVITE", request.uri);
      if (answer) return void this.#reinvite(description, answer);
    }
    const cause = causeOfStatus(response.status, [response.header("reason") ?? ""], response.source.address === "");
    // RFC 3261 12.2.1.2: 481 and 408 end the dialog; by BYE, so that our SIP server forgets it too.
    if (response.status === 481 || response.status === 408) {
      this.#close();
      void this.#sendBye(cause);
      return this.#parts.fact({ is: "ended", cause: { ...cause, code: "network-lost" } });
    }
    this.#refused(cause);
  }

  #reinviteAccepted(response: InResponse, description: Description | undefined): void {
    const sdp = sdpOf(response);
    if (description) response.ack();
    else this.#owesAck = response;
    if (sdp === undefined) {
      if (!description) response.ack();
      this.#owesAck = undefined;
      return this.#refused({ code: "not-acceptable", text: "no session description" });
    }
    this.#parts.fact({ is: "updated", description: { kind: description ? "answer" : "offer", sdp, generation: 1 } });
  }

  /** RFC 3261 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other side up to 2 s. */
  #again(description: Description | undefined): void {
    const wait = this.#parts.caller ? 2100 + Math.random() * 1900 : Math.random() * 2000;
    this.#retry = this.#parts.clock.after(wait, () => {
      this.#retry = undefined;
      this.update(description);
    });
  }

  #refused(cause: Cause): void {
    if (!this.#over) this.#parts.fact({ is: "update-refused", cause });
  }

  async #sendBye(cause: Cause, authorization: Readonly<Record<string, string>> = {}): Promise<void> {
    const { link, dialogId, log } = this.#parts;
    try {
      const request = await link.request({
        method: "BYE",
        dialogId,
        headers: { ...reasonOfCause(cause), ...authorization },
      });
      request.onResponse((response) => {
        const challenged =
          (response.status === 401 || response.status === 407) && Object.keys(authorization).length === 0;
        const answer = challenged ? this.#authorization(response, "BYE", request.uri) : undefined;
        if (answer) void this.#sendBye(cause, answer);
      });
    } catch (fault) {
      log.debug("BYE not sent", { fault: messageOf(fault) });
    }
  }

  #authorization(response: InResponse, method: string, uri: string): Readonly<Record<string, string>> | undefined {
    const own = this.#parts.credentials;
    const proxy = response.status === 407;
    const challenge = response.header(proxy ? "proxy-authenticate" : "www-authenticate");
    const answer = own && challenge ? answerChallenge(challenge, own, method, uri) : undefined;
    return answer === undefined ? undefined : { [proxy ? "Proxy-Authorization" : "Authorization"]: answer };
  }
}

/** Why the SIP server ended the call by itself: nobody acknowledged it, or nobody refreshed it (RFC 4028). */
function causeOfOwnBye(reason: string): Cause | undefined {
  if (/ACK timeout/i.test(reason)) return { code: "no-ack" };
  return /Session timer expired/i.test(reason) ? { code: "peer-timeout" } : undefined;
}
