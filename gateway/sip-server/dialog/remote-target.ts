import { ownText } from "../../base/own-text.ts";
import type { SipMessage } from "../../sip-syntax/message.ts";
import { uriOf } from "../../sip-syntax/name-addr.ts";
import { canonicalHost, parseSipUri } from "../../sip-syntax/uri.ts";
import type { Arrival } from "../transport/flow.ts";
import { isPrivate } from "../transport/networks.ts";
import { isLoose } from "./compose-request.ts";
import type { CoreContext } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import { hasOutbound } from "./registered-flows.ts";

/** The URI of the first Contact, or undefined. */
export function contactUri(message: SipMessage): string | undefined {
  const value = message.headers.list("Contact")[0];
  if (value === undefined || value === "*") return undefined;
  try {
    return ownText(uriOf(value));
  } catch {
    return undefined;
  }
}

/** Notes a new remote target, and the peer's real address when its Contact cannot be reached (UDP behind NAT). */
export function learnTarget(dialog: Dialog, arrival: Arrival, context: CoreContext): void {
  dialog.flow = arrival.flow;
  const { headers } = arrival.message;
  if (headers.has("Allow")) dialog.takesUpdate = headers.lists("Allow", "update");
  const target = contactUri(arrival.message);
  if (target === undefined) return;
  dialog.remoteTarget = target;
  dialog.natAddress = arrival.flow.reliable ? undefined : natAddress(dialog, arrival, context);
}

function natAddress(dialog: Dialog, arrival: Arrival, context: CoreContext): Dialog["natAddress"] {
  const { remote } = arrival.flow;
  const [route] = dialog.routeSet;
  if (route === undefined && hasOutbound(dialog.remoteTarget ?? "")) return remote;
  if (!context.natDetection) return undefined;
  const first = address(route === undefined ? dialog.remoteTarget : uriOf(route));
  if (!first || first.host === remote.host) {
    const differs = first !== undefined && dialog.role === "uas" && route === undefined && first.port !== remote.port;
    return differs ? remote : undefined;
  }
  if (route === undefined) return remote;
  return dialog.role === "uac" && isLoose(route) && isPrivate(first.host) ? remote : undefined;
}

function address(uri: string | undefined): { host: string; port: number } | undefined {
  try {
    const { host, port } = parseSipUri(uri ?? "");
    return { host: canonicalHost(host), port: port ?? 5060 };
  } catch {
    return undefined;
  }
}
