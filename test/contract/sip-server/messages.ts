/** SIP messages by hand, for peers that are only bytes. */

/** A header's value in a message's text; empty when it is not there. */
export const header = (text: string, name: string): string =>
  new RegExp(`^${name}: (.*)\r$`, "im").exec(text)?.[1] ?? "";

/** The answer that repeats what RFC 3261 8.2.6.2 says, to the request in `text`. */
export const reply = (text: string, status: number, ...more: string[]): string =>
  [
    `SIP/2.0 ${status} Reason`,
    ...[...text.matchAll(/^Via: (.*)\r$/gim)].map(([, via]) => `Via: ${via}`),
    `From: ${header(text, "From")}`,
    `To: ${header(text, "To").split(";tag=")[0]};tag=peer`,
    `Call-ID: ${header(text, "Call-ID")}`,
    `CSeq: ${header(text, "CSeq")}`,
    ...more,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");

/** A request outside a dialog. */
export const request = (method: string, transport: string, ...more: string[]): string => {
  const [via, contact] = ["Via", "Contact"].map((name) => more.some((line) => line.startsWith(`${name}:`)));
  const token = Math.random().toString(36).slice(2);
  return [
    `${method} sip:bob@example.com SIP/2.0`,
    ...(via ? [] : [`Via: SIP/2.0/${transport} client.invalid;branch=z9hG4bK${token}`]),
    "Max-Forwards: 70",
    "From: <sip:alice@example.com>;tag=f",
    "To: <sip:bob@example.com>",
    `Call-ID: ${token}`,
    `CSeq: 1 ${method}`,
    ...(contact ? [] : [`Contact: <sip:alice@client.invalid;transport=${transport.toLowerCase()}>`]),
    ...more,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
};
