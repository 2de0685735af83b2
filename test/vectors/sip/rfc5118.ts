import type { TortureMessage, Verdict } from "./rfc4475.ts";

const contact = 'Contact: "Caller" <sip:caller@[2001:db8::1]>';

/** A message of RFC 5118 4, made of what is special about it. */
function message(
  name: string,
  clause: string,
  verdict: Verdict,
  first: string,
  lines: readonly string[],
  body = "",
): TortureMessage {
  const method = first.split(" ")[0] ?? "";
  const via = `Via: SIP/2.0/UDP [2001:db8::9:1];rport;branch=z9hG4bKas3${name}`;
  const head = [
    `${first} SIP/2.0`,
    ...(lines.some((line) => line.startsWith("Via:")) ? [] : [via]),
    "To: sip:user@example.com",
    "From: sip:user@example.com;tag=81x2",
    `Call-ID: ${name}@hlau_4100`,
    "Max-Forwards: 70",
    `CSeq: 98176 ${method}`,
    ...lines,
    ...(body === "" ? [] : ["Content-Type: application/sdp"]),
    `Content-Length: ${body.length}`,
  ];
  return { name, clause, verdict, bytes: Buffer.from([...head, "", body].join("\r\n")) };
}

const description = (...connections: readonly string[]): string =>
  [
    "v=0",
    "o=assistant 971731711378798081 0 IN IP6 2001:db8::20",
    "s=Live video feed for today's meeting",
    ...connections,
    "",
  ].join("\r\n");

/** The messages of RFC 5118 4, by its short names. */
export const rfc5118: readonly TortureMessage[] = [
  message("ipv6-good", "4.1", "accepted", "REGISTER sip:[2001:db8::10]", [contact]),
  message("ipv6-bad", "4.2", 400, "REGISTER sip:2001:db8::10", [contact]),
  // Syntactically good: the port is the last group of the address.
  message("port-ambiguous", "4.3", "accepted", "REGISTER sip:[2001:db8::10:5070]", [contact]),
  message("port-unambiguous", "4.4", "accepted", "REGISTER sip:[2001:db8::10]:5070", [contact]),
  // Well-formed, of a dialog that nobody knows.
  message("via-received-param-with-delim", "4.5", 481, "BYE sip:[2001:db8::10]", [
    "Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];rport;branch=z9hG4bKas3-111",
  ]),
  message("via-received-param-no-delim", "4.5", 481, "BYE sip:[2001:db8::10]", [
    "Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;rport;branch=z9hG4bKas3",
  ]),
  message(
    "ipv6-in-sdp",
    "4.6",
    "accepted",
    "INVITE sip:user@[2001:db8::10]",
    ["Contact: <sip:caller@[2001:db8::20]>"],
    description("c=IN IP6 2001:db8::20", "t=3338481189 3370017201", "m=audio 6000 RTP/AVP 2"),
  ),
  message("mult-ip-in-header", "4.7", "accepted", "OPTIONS sip:user@[2001:db8::10]", [
    "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;rport;branch=z9hG4bKas3-112",
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
    "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
  ]),
  message(
    "mult-ip-in-sdp",
    "4.8",
    "accepted",
    "INVITE sip:user@[2001:db8::10]",
    ["Contact: <sip:caller@[2001:db8::20]>"],
    description(
      "t=0 0",
      "m=audio 22334 RTP/AVP 0",
      "c=IN IP4 192.0.2.1",
      "m=video 6024 RTP/AVP 107",
      "c=IN IP6 2001:db8::1",
    ),
  ),
  message(
    "ipv4-mapped-ipv6",
    "4.9",
    "accepted",
    "INVITE sip:user@example.com",
    ["Contact: <sip:user@[::ffff:192.0.2.10]:19823>"],
    description("c=IN IP6 ::ffff:192.0.2.10", "t=0 0", "m=audio 6000 RTP/AVP 0"),
  ),
  // An old grammar made three colons; the RFC lets implementations take them.
  message("ipv6-bug-abnf-3-colons", "4.10", "accepted", "OPTIONS sip:user@[2001:db8:::192.0.2.1]", [
    "Via: SIP/2.0/UDP [2001:db8::9:1];rport;branch=z9hG4bKas3-113",
  ]),
];
