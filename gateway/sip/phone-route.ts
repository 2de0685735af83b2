import { printUserId, type UserId } from "../directory/user-id.ts";
import type { Binding } from "../directory/registrations.ts";
import { bracketed, parseUri } from "../sip-syntax/uri.ts";
import type { OutgoingRoute } from "./outgoing-leg.ts";

/** Where an INVITE for a registered softphone goes. */
export function phoneRoute(user: UserId, binding: Binding, media: "rtp" | "srtp", name?: string): OutgoingRoute {
  const id = printUserId(user);
  const behind = sourceOf(binding);
  return {
    party: { address: { user: id }, user: id, ...(name !== undefined && { name }) },
    kind: binding.transport.startsWith("ws") ? "web" : media,
    uri: binding.contact,
    host: user.domain,
    ...(behind !== undefined && { proxy: behind }),
  };
}

/**
 * A phone is reached where its REGISTER came from and nowhere else: by its connection (RFC 5626), or over UDP at the
 * source (RFC 3581). A Contact with a foreign host would otherwise send calls of ours wherever its owner likes.
 */
function sourceOf({ contact, address, port, transport }: Binding): string | undefined {
  const source = `${bracketed(address)}:${port}`;
  if (transport !== "udp") return `sip:${source};transport=${transport}`;
  const uri = parseUri(contact);
  const same = uri.scheme !== "tel" && uri.host === bracketed(address) && (uri.port ?? 5060) === port;
  return same ? undefined : `sip:${source}`;
}
