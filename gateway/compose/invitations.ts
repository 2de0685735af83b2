import { toString as drawQrCode } from "qrcode";
import { printUserId } from "../directory/user-id.ts";
import type { Gateway } from "./gateway.ts";

/** How many users are given a link at the start. */
const mostLinks = 6;

/**
 * Links that sign users in once, the last one as a QR code too, and how a phone comes to trust our certificate. A code
 * stands in the fragment, which browsers send to nobody (RFC 3986 3.5).
 */
export async function invitations({ door, httpPort, codes, users }: Gateway): Promise<string[]> {
  const base = door.address(httpPort);
  const links = users
    .slice(0, mostLinks)
    .map((user) => ({ who: printUserId(user), link: `${base}/#code=${codes.issue(user)}` }));
  const last = links.at(-1);
  return [
    "  Sign-in links, each good once and for 10 minutes (start again for new ones):",
    ...links.map(({ who, link }) => `    ${who.padEnd(24)} ${link}`),
    ...(last ? ["", `  For a phone, as ${last.who}:`, await drawing(last.link)] : []),
    ...(door.authority ? await trust(base, door.authority) : []),
  ];
}

/** Colours make it readable on dark and light terminals; a file gets plain blocks. */
function drawing(link: string): Promise<string> {
  const colours = process.stdout.isTTY;
  return drawQrCode(link, colours ? { type: "terminal", small: true } : { type: "utf8" });
}

async function trust(base: string, authority: string): Promise<string[]> {
  const { fingerprintOf } = await import("../certificates/own-certificate.ts");
  return [
    "  The certificate was made here, so browsers warn once: choose to go on. To be warned no more,",
    `  install ${base.replace("https:", "http:")}/ca.crt as a trusted authority; its SHA-256 fingerprint is`,
    `  ${fingerprintOf(authority)}`,
  ];
}
