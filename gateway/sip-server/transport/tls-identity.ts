import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";

/**
 * Why a certificate does not stand for the SIP domain or address `name`; undefined when it does (RFC 5922 7.1, 7.2):
 * `URI:sip:…` identities come first, and only where there is none do DNS names count.
 */
export function identityFault(name: string, certificate: PeerCertificate): Error | undefined {
  const domains = sipDomains(certificate.subjectaltname ?? "");
  if (isIP(name) !== 0 || domains.length === 0) return checkServerIdentity(name, certificate);
  if (domains.includes(name.toLowerCase())) return undefined;
  return new Error(`the certificate is for ${domains.join(", ")}, not for ${name}`);
}

/** True when the peer of an accepted connection showed a certificate that we trust and that stands for `name`. */
export function provesIdentity(socket: TLSSocket, name: string): boolean {
  if (!socket.authorized) return false;
  const certificate = socket.getPeerCertificate();
  return Object.keys(certificate).length > 0 && identityFault(name, certificate) === undefined;
}

/** A URI with a user part is a person's, not a domain's (RFC 5922 7.1). */
function sipDomains(names: string): string[] {
  return [...names.matchAll(/(?:^|,\s*)URI:sip:([^@,;?]+)(?=,|$)/gi)].map(([, domain = ""]) => domain.toLowerCase());
}
