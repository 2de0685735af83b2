import type { KeptBytes } from "../../base/kept-bytes.ts";
import { ownText } from "../../base/own-text.ts";
import type { Endpoint, Flow } from "../transport/flow.ts";
import type { Owner } from "./owner.ts";
import type { SessionTerms } from "./session-terms.ts";

/** What makes a dialog (RFC 3261 12, RFC 6665 4.4.1). */
export type DialogKind = "INVITE" | "SUBSCRIBE";

/** The last ACK of a 2xx, kept for when the 2xx comes again (RFC 3261 13.2.2.4). */
export interface SentAck {
  readonly cseq: number;
  readonly bytes: KeptBytes;
  readonly flow: Flow;
}

/** A request of ours that may still be unanswered. */
export interface OpenRequest {
  readonly id: string;
  readonly final: boolean;
  /** True while its offer has no answer in that dialog (RFC 3264 4, RFC 3262 5). */
  offersIn(dialog: Dialog): boolean;
  /** The dialog, which it may have made, is over. */
  over?(dialog: Dialog): void;
}

/** The state of RFC 3261 12.1: what both ends remember of each other. */
export class Dialog {
  /** As applications know it: `<Call-ID>;from-tag=<tag of who began>[;leg=N]`. */
  readonly id: string;
  readonly kind: DialogKind;
  readonly role: "uac" | "uas";
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our From value with its tag. */
  readonly local: string;
  /** The peer's value, our To. */
  readonly remote: string;
  readonly routeSet: readonly string[];
  state: "early" | "confirmed" = "early";
  /** A BYE of ours is on its way: the application has nothing to say in it any more. */
  released = false;
  owner: Owner;
  /** The peer's Contact URI. */
  remoteTarget: string | undefined;
  /** The Request-URI that began it: stands in while no Contact has come (a PRACK to a 1xx without one). */
  readonly firstTarget: string | undefined;
  localSeq: number;
  remoteSeq: number | undefined;
  /** The flow of the last message: in-dialog requests stay on its connection, or leave from its bound address. */
  flow: Flow | undefined;
  /** Where requests go instead of the Contact, which is an address behind NAT. */
  natAddress: Endpoint | undefined;
  /** The Contact value that we gave. */
  contact: string | undefined;
  /** Event of a subscription. */
  readonly event: string | undefined;
  ack: SentAck | undefined;
  /** Our last INVITE in it, or the one that made it; and our last UPDATE (glare). */
  localInvite: OpenRequest | undefined;
  localUpdate: OpenRequest | undefined;
  /** Its session timer (RFC 4028), if it has one, and then our last session description. */
  session: SessionTerms | undefined;
  description: Buffer | undefined;
  /** What the peer's last Allow says of UPDATE; undefined while none came. */
  takesUpdate: boolean | undefined;

  constructor(
    made: Pick<
      Dialog,
      "id" | "kind" | "role" | "callId" | "localTag" | "remoteTag" | "local" | "remote" | "routeSet" | "owner"
    > & {
      localSeq: number;
      remoteSeq?: number;
      remoteTarget?: string | undefined;
      firstTarget?: string | undefined;
      event?: string | undefined;
      flow?: Flow | undefined;
    },
  ) {
    this.id = made.id;
    this.kind = made.kind;
    this.role = made.role;
    // It lives as long as the call does, and the messages that it was read from do not.
    this.callId = ownText(made.callId);
    this.localTag = ownText(made.localTag);
    this.remoteTag = ownText(made.remoteTag);
    this.local = ownText(made.local);
    this.remote = ownText(made.remote);
    this.routeSet = made.routeSet.map(ownText);
    this.owner = made.owner;
    this.localSeq = made.localSeq;
    this.remoteSeq = made.remoteSeq;
    this.remoteTarget = made.remoteTarget;
    this.firstTarget = made.firstTarget;
    this.event = made.event;
    this.flow = made.flow;
  }
}
