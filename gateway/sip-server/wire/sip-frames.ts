import type { Clock } from "../../base/clock.ts";
import { SipSyntaxError } from "../../sip-syntax/grammar.ts";
import type { SipMessage, SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import type { Outcome } from "../dialog/core.ts";
import type { UserAgentCore } from "../dialog/user-agent-core.ts";
import { fromApplication, toApplication } from "./application-text.ts";
import type { ControlLink } from "./control-link.ts";
import type { Frame } from "./frame.ts";
import { sentRequestLeader, sentResponseLeader, stackTime } from "./leaders.ts";

/** Carries out `sip` frames: `<id>|sip|<transaction>|<dialog>[|<next hop>]` and a message. */
export class SipFrames {
  readonly #core: UserAgentCore;
  readonly #clock: Clock;

  constructor(core: UserAgentCore, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
  }

  /** Answers the frame, once. */
  async handle(link: ControlLink, frame: Frame): Promise<void> {
    const [transactionId, dialogId, route] = frame.fields;
    if (transactionId === undefined || dialogId === undefined || !frame.sip) {
      return link.refuse(frame, "Invalid message format");
    }
    const draft = readDraft(frame.sip);
    if (draft instanceof SipSyntaxError) return link.answer(frame, `NOK|${unreadable(draft, frame.sip)}`);
    if (draft.kind === "response") return this.#response(link, frame, transactionId, draft);
    const outcome = await this.#request(link, transactionId, dialogId, route || undefined, draft);
    this.#answer(link, frame, outcome, sentRequestLeader);
  }

  #response(link: ControlLink, frame: Frame, transactionId: string, draft: SipResponse): void {
    if (transactionId === "") return link.refuse(frame, "transaction id missing");
    this.#answer(link, frame, this.#core.respond(link, transactionId, draft), sentResponseLeader);
  }

  async #request(
    link: ControlLink,
    transactionId: string,
    dialogId: string,
    route: string | undefined,
    draft: SipRequest,
  ): Promise<Outcome> {
    if (draft.body.length > 0 && !draft.headers.has("Content-Type")) {
      if (!draft.body.toString("latin1", 0, 3).startsWith("v=0")) return { refused: "missing content-type" };
      draft.headers.add("Content-Type", "application/sdp");
    }
    if (dialogId !== "") return this.#core.sendInDialog(link, dialogId, draft);
    if (transactionId !== "") return this.#cancel(link, transactionId, draft);
    return this.#core.send(link, draft, route);
  }

  #cancel(link: ControlLink, transactionId: string, draft: SipRequest): Outcome {
    if (draft.method === "CANCEL") return this.#core.cancel(link, transactionId, draft);
    return { refused: `Unknown transaction id: ${transactionId}` };
  }

  #answer(link: ControlLink, frame: Frame, outcome: Outcome, leader: typeof sentRequestLeader): void {
    if ("refused" in outcome) link.answer(frame, `NOK|${oneLine(outcome.refused)}`);
    else link.answer(frame, leader(outcome, stackTime(this.#clock)), toApplication(outcome.message));
  }
}

function readDraft(text: Buffer): SipMessage | SipSyntaxError {
  try {
    const draft = fromApplication(text);
    return draft.kind === "request" ? { ...draft, uri: fullUri(draft.uri) } : draft;
  } catch (fault) {
    if (fault instanceof SipSyntaxError) return fault;
    throw fault;
  }
}

/** drachtio's convenience: a bare number. */
function fullUri(uri: string): string {
  return /^\+?[\d*#]+$/.test(uri) ? `sip:${uri}@localhost` : uri;
}

function unreadable(fault: SipSyntaxError, text: Buffer): string {
  const line = text.toString("utf8", 0, Math.max(0, text.indexOf("\r\n")));
  if (line.startsWith("SIP/")) return "Unknown server error sending response";
  if (fault.code === "start-line") return `invalid request-uri: ${oneLine(line)}`;
  return "Error creating sip transaction for uac request";
}

function oneLine(text: string): string {
  return text.replace(/[\r\n|]+/g, " ");
}
