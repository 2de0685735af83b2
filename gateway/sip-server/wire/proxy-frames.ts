import type { Clock } from "../../base/clock.ts";
import { Headers } from "../../sip-syntax/headers.ts";
import type { SipResponse } from "../../sip-syntax/message.ts";
import type { ProxyOrder } from "../dialog/proxy/proxy.ts";
import type { UserAgentCore } from "../dialog/user-agent-core.ts";
import type { Flow } from "../transport/flow.ts";
import { fromApplication, toApplication } from "./application-text.ts";
import type { ControlLink } from "./control-link.ts";
import type { Frame } from "./frame.ts";
import { proxiedResponseLeader, stackTime } from "./leaders.ts";

/** Position of the first destination in a `proxy` frame. */
const firstTarget = 7;

/**
 * Carries out `proxy` frames: `<id>|proxy|<transaction>|remainInDialog|fullResponse|followRedirects|simultaneous or
 * serial|<provisional timeout>|<final timeout>|<destination>|…`, and a message whose headers are added.
 */
export class ProxyFrames {
  readonly #core: UserAgentCore;
  readonly #clock: Clock;

  constructor(core: UserAgentCore, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
  }

  /** Answers with each final response of a target, when that is asked for, and at the end with `done`. */
  handle(link: ControlLink, frame: Frame): void {
    const { fields } = frame;
    const targets = fields.slice(firstTarget).filter((uri) => uri !== "");
    if (fields.length <= firstTarget || targets.length === 0) {
      return link.refuse(frame, "Invalid proxy request: not enough information provided");
    }
    const full = fields[2] === "fullResponse";
    const refused = this.#core.proxy(link, fields[0] ?? "", orderOf(frame, targets), {
      response: (response, flow, size) => full && this.#tell(link, frame, response, flow, size),
      done: () => link.answer(frame, "OK|done"),
    });
    if (refused) link.answer(frame, `NOK|${refused.refused}`);
  }

  #tell(link: ControlLink, frame: Frame, response: SipResponse, flow: Flow | undefined, size: number): void {
    link.answer(frame, proxiedResponseLeader(flow, size, stackTime(this.#clock)), toApplication(response));
  }
}

function orderOf({ fields, sip }: Frame, targets: readonly string[]): ProxyOrder {
  const [provisionalMs, finalMs] = [milliseconds(fields[5]), milliseconds(fields[6])];
  return {
    targets,
    recordRoute: fields[1] === "remainInDialog",
    followRedirects: fields[3] === "followRedirects",
    simultaneous: fields[4] === "simultaneous",
    ...(provisionalMs !== undefined && { provisionalMs }),
    ...(finalMs !== undefined && { finalMs }),
    more: addedHeaders(sip),
  };
}

function addedHeaders(sip: Buffer | undefined): Headers {
  try {
    return sip ? fromApplication(sip).headers : new Headers();
  } catch {
    return new Headers();
  }
}

/** `1500ms` or `2s`. */
function milliseconds(text: string | undefined): number | undefined {
  const match = /^(\d{1,7})(ms|s)$/.exec(text ?? "");
  return match ? Number(match[1]) * (match[2] === "s" ? 1000 : 1) : undefined;
}
