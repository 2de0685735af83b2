import type { SipRequest, SipResponse } from "../../../sip-syntax/message.ts";
import { tagOf } from "../../../sip-syntax/name-addr.ts";
import { bareResponse } from "../../transaction/bare-response.ts";
import type { ProxyBranch } from "./proxy-branch.ts";

/** Early dialogs of a forked INVITE: its caller is told at once when one has failed, by 199 (RFC 6228 6). */
export class EarlyDialogs {
  readonly #request: SipRequest;
  readonly #wanted: boolean;
  /** To values by branch. */
  readonly #known = new Map<ProxyBranch, Set<string>>();

  constructor(request: SipRequest) {
    this.#request = request;
    const { headers, method } = request;
    // RFC 6228 6: a 199 of a proxy is never reliable.
    this.#wanted = method === "INVITE" && headers.lists("Supported", "199") && !headers.lists("Require", "100rel");
  }

  /** A provisional response of `branch` that goes on to the caller. */
  heard(branch: ProxyBranch, { status, headers }: SipResponse): void {
    const to = headers.get("To") ?? "";
    if (!this.#wanted || tagOf(to) === undefined) return;
    const known = this.#known.get(branch) ?? new Set();
    if (status === 199) known.delete(to);
    else this.#known.set(branch, known.add(to));
  }

  /** What the caller gets when `branch` has failed with `status` and others go on. */
  ended(branch: ProxyBranch, status: number): SipResponse[] {
    const known = [...(this.#known.get(branch) ?? [])];
    this.#known.delete(branch);
    return known.map((to) => this.#terminated(to, status));
  }

  #terminated(to: string, status: number): SipResponse {
    const response = bareResponse(this.#request, 199, "Early Dialog Terminated");
    response.headers.set("To", to);
    response.headers.add("Reason", `SIP;cause=${status}`);
    response.headers.add("Content-Length", "0");
    return response;
  }
}
