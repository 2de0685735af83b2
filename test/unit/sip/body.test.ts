import assert from "node:assert/strict";
import { digitOf, sdpOf } from "../../../gateway/sip/body.ts";
import type { MessageView } from "../../../gateway/sip/link.ts";

const message = (type: string | undefined, body: string): MessageView => ({
  header: (name) => (name === "content-type" ? type : undefined),
  body,
});

const sdp = "v=0\r\ns=-\r\n";
const multipart = (...parts: string[]): string => `--b1\r\n${parts.join("\r\n--b1\r\n")}\r\n--b1--\r\n`;

describe("the session description of a message", () => {
  for (const [what, type, body, found] of [
    ["the body", "application/sdp", sdp, sdp],
    ["the body, whatever the case and parameters of its type", "Application/SDP; charset=utf-8", sdp, sdp],
    ["a body without a type", undefined, sdp, sdp],
    ["not an empty body", "application/sdp", "\r\n", undefined],
    ["not another body", "text/plain", sdp, undefined],
    [
      "the part of a multipart body (RFC 5621)",
      'multipart/mixed; boundary="b1"',
      multipart("Content-Type: application/isup\r\n\r\nx", `Content-Type: application/sdp\r\n\r\n${sdp}`),
      sdp,
    ],
    [
      "the part whose boundary is not quoted",
      "Multipart/Mixed;boundary=b1",
      multipart(`content-type:application/sdp\r\nContent-Disposition: session\r\n\r\n${sdp}`),
      sdp,
    ],
    [
      "not a multipart body without one",
      "multipart/mixed; boundary=b1",
      multipart("Content-Type: a/b\r\n\r\nx"),
      undefined,
    ],
    ["not a multipart body without a boundary", "multipart/mixed", multipart(sdp), undefined],
  ] as const) {
    it(`is ${what}`, () => assert.equal(sdpOf(message(type, body)), found));
  }
});

describe("a key press in INFO", () => {
  for (const [type, body, digit, durationMs] of [
    ["application/dtmf-relay", "Signal=5\r\nDuration=200\r\n", "5", 200],
    ["application/dtmf-relay", "signal = *\nduration = 90", "*", 90],
    ["Application/DTMF-Relay; x=y", "Signal=b\r\n", "B", 160],
    ["application/dtmf", "#", "#", 160],
    ["application/dtmf;a=b", " d \r\n", "D", 160],
  ] as const) {
    it(`is ${digit} for ${durationMs} ms: ${type} ${JSON.stringify(body)}`, () => {
      assert.deepEqual(digitOf(message(type, body)), { digit, durationMs });
    });
  }

  for (const [type, body] of [
    ["application/dtmf-relay", "Signal=12\r\n"],
    ["application/dtmf-relay", "Signal=e\r\n"],
    ["application/dtmf-relay", ""],
    ["application/dtmf", "hello"],
    ["application/dtmfx", "1"],
    ["text/plain", "Signal=1"],
    [undefined, "1"],
  ] as const) {
    it(`is none: ${type} ${JSON.stringify(body)}`, () => assert.equal(digitOf(message(type, body)), undefined));
  }
});
