import { messageOf } from "../base/errors.ts";
import type { Cause } from "../call/cause.ts";
import type { Leg, LegCommand, LegFact, LegId, LegKind, Party } from "../call/leg.ts";
import type { WireListener } from "../call/wire.ts";
import { sdpHeaders, sdpOf } from "./body.ts";
import { causeOfReason, statusOfCause } from "./cause.ts";
import type { DialogTable } from "./dialog-table.ts";
import { allow } from "./identity.ts";
import { InviteUsage } from "./invite-usage.ts";
import type { HeaderValues, InRequest } from "./link.ts";
import { hopsOf } from "./understood.ts";
import { SipTape } from "./sip-tape.ts";

/** What an incoming call is beyond its request. */
export interface IncomingLegOptions {
  /** Name of the trunk that it came from. */
  readonly network?: string;
  /** What has told the request already. */
  readonly tape?: SipTape;
}

/** A calling leg over SIP: answers one INVITE (RFC 3261 13.3), then is an INVITE usage. */
export class IncomingLeg implements Leg {
  readonly id: LegId;
  readonly kind: LegKind;
  readonly party: Party;
  readonly wire = "sip";
  readonly network?: string;
  readonly hops?: number;
  readonly #request: InRequest;
  readonly #table: DialogTable;
  readonly #tape: SipTape;
  readonly #release: () => void;
  #listener: (fact: LegFact) => void = () => {};
  #usage: InviteUsage | undefined;
  #phase: "open" | "answering" | "answered" | "over" = "open";
  /** After our 200 and before its ACK a BYE must wait (RFC 3261 15). */
  #acknowledged = false;
  #endAfterAck: Cause | undefined;

  constructor(
    id: LegId,
    kind: LegKind,
    party: Party,
    request: InRequest,
    table: DialogTable,
    { network, tape }: IncomingLegOptions = {},
  ) {
    this.id = id;
    this.kind = kind;
    this.party = party;
    if (network !== undefined) this.network = network;
    const hops = hopsOf(request);
    if (hops !== undefined) this.hops = hops;
    this.#request = request;
    this.#table = table;
    this.#tape = tape ?? new SipTape(table.usageParts.clock);
    this.#release = table.addInvite(request.transactionId, {
      handle: (early) => this.#early(this.#tape.request(early)),
      lost: () => this.#lost(),
    });
    request.onCancel((reason) => this.#cancelled(reason));
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
      case "ringing":
        return this.#provisional(180);
      case "early":
        return this.#provisional(183, sdpHeaders, command.description.sdp);
      case "answer":
        return void this.#answer(command.description.sdp);
      case "confirm":
        return command.description && this.#usage?.confirm(command.description);
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

  /** Requests of the dialog before it is confirmed: the ACK, and an UPDATE or PRACK that comes early. */
  #early(request: InRequest): void {
    if (request.method === "ACK") return this.#ack(request);
    if (request.method === "PRACK") return void this.#ignoreFault(request.respond({ status: 200 }));
    if (this.#usage) return this.#usage.handle(request);
    // RFC 3311 5.2: our answer to the first offer is still open.
    const status = request.method === "UPDATE" ? 500 : 481;
    void this.#ignoreFault(request.respond({ status, headers: { "Retry-After": "2" } }));
  }

  #provisional(status: number, headers: HeaderValues = {}, body?: string): void {
    if (this.#phase !== "open") return;
    void this.#ignoreFault(this.#request.respond({ status, headers, ...(body !== undefined && { body }) }));
  }

  async #answer(sdp: string): Promise<void> {
    if (this.#phase !== "open") return;
    this.#phase = "answering";
    try {
      await this.#request.respond({
        status: 200,
        headers: { ...sdpHeaders, Allow: allow },
        body: sdp,
        onSent: ({ dialogId }) => this.#openUsage(dialogId),
      });
    } catch (fault) {
      if (this.#isOver()) return;
      this.#over();
      this.#listener({ is: "ended", cause: { code: "cancelled", text: messageOf(fault) } });
    }
  }

  #openUsage(dialogId: string): void {
    if (this.#phase === "over") return;
    this.#phase = "answered";
    this.#release();
    const usage = new InviteUsage({
      ...this.#table.usageParts,
      link: this.#tape.link(this.#table.link),
      dialogId,
      caller: false,
      fact: (fact) => this.#listener(fact),
      closed: () => close(),
    });
    this.#usage = usage;
    const close = this.#table.add(dialogId, {
      handle: (request) => this.#inDialog(this.#tape.request(request), usage),
      lost: () => usage.lost(),
    });
  }

  #inDialog(request: InRequest, usage: InviteUsage): void {
    if (!this.#acknowledged && request.method === "ACK") this.#ack(request);
    else usage.handle(request);
  }

  #ack(request: InRequest): void {
    if (this.#acknowledged) return this.#usage?.handle(request);
    this.#acknowledged = true;
    if (this.#endAfterAck) return this.#usage?.end(this.#endAfterAck);
    const sdp = sdpOf(request);
    this.#listener(
      sdp === undefined
        ? { is: "confirmed" }
        : { is: "confirmed", description: { kind: "answer", sdp, generation: 1 } },
    );
  }

  #lost(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#listener({ is: "ended", cause: { code: "network-lost", text: "SIP server lost" } });
  }

  #cancelled(reason: string | undefined): void {
    if (this.#phase !== "open") return;
    this.#over();
    this.#listener({ is: "ended", cause: causeOfReason(reason === undefined ? [] : [reason], "cancelled") });
  }

  #end(cause: Cause): void {
    this.#listener = () => {};
    if (this.#phase === "open") {
      this.#over();
      return void this.#ignoreFault(this.#request.respond(finalResponse(cause)));
    }
    if (this.#phase === "over") return;
    if (this.#acknowledged) this.#usage?.end(cause);
    else this.#endAfterAck = cause;
  }

  #isOver(): boolean {
    return this.#phase === "over";
  }

  #over(): void {
    this.#phase = "over";
    this.#release();
  }

  async #ignoreFault(sent: Promise<unknown>): Promise<void> {
    try {
      await sent;
    } catch (fault) {
      this.#table.usageParts.log.debug("response not sent", { fault: messageOf(fault) });
    }
  }
}

function finalResponse(cause: Cause): { status: number; headers: HeaderValues } {
  const status = statusOfCause(cause);
  return { status, headers: status === 503 ? { "Retry-After": "5" } : {} };
}
