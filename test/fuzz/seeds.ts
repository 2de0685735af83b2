import { request } from "../contract/sip-server/messages.ts";
import { rfc4475 } from "../vectors/sip/rfc4475.ts";
import { rfc5118 } from "../vectors/sip/rfc5118.ts";

const methods = "INVITE ACK BYE CANCEL OPTIONS REGISTER PRACK UPDATE INFO MESSAGE NOTIFY SUBSCRIBE PUBLISH REFER";

/** SIP messages to begin with: good ones of each method, and the RFCs' own bad ones. */
export const sipSeeds: readonly Buffer[] = [
  ...methods
    .split(" ")
    .map((method) =>
      Buffer.from(
        request(
          method,
          "UDP",
          'Contact: "a, b" <sip:alice@127.0.0.1:9;ob>;expires=60;q=0.5',
          "Route: <sip:127.0.0.1:9;lr>, <sip:[::1]:9;lr>",
          "Supported: 100rel, timer, path",
          'Authorization: Digest username="a", realm="b", nonce="c", uri="sip:d", response="e", qop=auth, nc=00000001',
          'Reason: Q.850;cause=16;text="x", SIP;cause=200',
          "RAck: 1 1 INVITE",
        ),
      ),
    ),
  ...[...rfc4475, ...rfc5118].map(({ bytes }) => bytes),
];

const frame = (leader: string, sip = ""): Buffer => {
  const text = sip === "" ? leader : `${leader}\r\n${sip}`;
  return Buffer.from(`${Buffer.byteLength(text)}#${text}`);
};

const invite =
  "INVITE sip:bob@127.0.0.1:9 SIP/2.0\r\nFrom: <sip:a@b>\r\nX-Body-Encoding: base64\r\nContent-Type: a/b\r\n\r\nAAAA";

/** Frames of an application (drachtio's protocol). */
export const controlSeeds: readonly Buffer[] = [
  frame("1|authenticate|cymru|tag,other"),
  ...["ping", "route|invite", "route|cdr:start", "remove_route|invite", "sip||"].map((text) => frame(`2|${text}`)),
  frame("3|sip|||", invite),
  frame("3|sip||d|", invite),
  frame("3|sip|t||", "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\nTo: <sip:a@b>;tag=x\r\n\r\n"),
  frame("3|sip||", "OPTIONS sip:127.0.0.1:9 SIP/2.0\r\n\r\n"),
  frame("3|sip|t|", "CANCEL sip:127.0.0.1:9 SIP/2.0\r\n\r\n"),
  frame("4|proxy|t|remainInDialog|dontHandleRedirects|fullResponse|dontFollow|simultaneous|1s|2s|sip:a@127.0.0.1:9"),
];

function wsFrame(first: number, payload: Buffer, masked = true): Buffer {
  const mask = masked ? 0x80 : 0;
  const length =
    payload.length < 126 ? [mask | payload.length] : [mask | 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length, ...(masked ? [0, 0, 0, 0] : [])]), payload]);
}

/** Frames of a WebSocket client (RFC 6455 5.2), masked with zeros so that a change of a byte is one of the text. */
export const webSocketSeeds: readonly Buffer[] = [
  ...sipSeeds.slice(0, 14).map((bytes) => wsFrame(0x81, bytes)),
  Buffer.concat([
    wsFrame(0x01, Buffer.from("OPTIONS sip:a")),
    wsFrame(0x89, Buffer.from("ping")),
    wsFrame(0x80, Buffer.from(" SIP/2.0\r\n\r\n")),
  ]),
  wsFrame(0x82, Buffer.from([0, 1, 2, 255])),
  wsFrame(0x81, Buffer.from("\r\n\r\n")),
  wsFrame(0x88, Buffer.from([3, 232])),
  wsFrame(0x8a, Buffer.alloc(0)),
  wsFrame(0x81, Buffer.from("unmasked"), false),
];

/** Streams with several messages and keep-alives. */
export const streamSeeds: readonly Buffer[] = [
  ...sipSeeds,
  Buffer.concat([sipSeeds[4] ?? Buffer.alloc(0), Buffer.from("\r\n\r\n"), sipSeeds[0] ?? Buffer.alloc(0)]),
];
