import assert from "node:assert/strict";
import type { LegKind, RelaySide } from "../../../gateway/media/relay.ts";
import { answerFlags, offerFlags, type NgFlags } from "../../../gateway/media/rtpengine/flags.ts";

const side = (kind: LegKind, codecs?: RelaySide["codecs"]): RelaySide => ({
  leg: kind,
  kind,
  ...(codecs && { codecs }),
});
const browser = ["opus", "G722", "PCMU", "PCMA"];

/** Every pair of kinds: what the receiver's side of the relay must speak. */
const transports: [from: LegKind, to: LegKind, expected: NgFlags][] = [
  ["web", "rtp", { "transport-protocol": "RTP/AVP", ICE: "remove", "ICE-lite": "backward", DTLS: "off" }],
  ["web", "srtp", { "transport-protocol": "RTP/SAVP", ICE: "remove", "ICE-lite": "backward", DTLS: "off" }],
  ["web", "web", { "transport-protocol": "UDP/TLS/RTP/SAVPF", ICE: "force", "ICE-lite": "both", SDES: ["off"] }],
  ["rtp", "web", { "transport-protocol": "UDP/TLS/RTP/SAVPF", ICE: "force", "ICE-lite": "forward", SDES: ["off"] }],
  ["srtp", "web", { "transport-protocol": "UDP/TLS/RTP/SAVPF", ICE: "force", "ICE-lite": "forward", SDES: ["off"] }],
  ["rtp", "rtp", { "transport-protocol": "RTP/AVP", ICE: "remove", "rtcp-mux": ["demux"] }],
  ["rtp", "srtp", { "transport-protocol": "RTP/SAVP", ICE: "remove" }],
  ["srtp", "rtp", { "transport-protocol": "RTP/AVP", ICE: "remove" }],
  ["srtp", "srtp", { "transport-protocol": "RTP/SAVP", ICE: "remove" }],
];

const codecs: [title: string, from: RelaySide, to: RelaySide, offered: string[], codec: unknown][] = [
  [
    "a page's codecs go to a telephone as they are, without what only browsers use",
    side("web"),
    side("rtp"),
    browser,
    { strip: ["red", "CN"], accept: ["telephone-event"] },
  ],
  ["a telephone's go to a page as they are", side("rtp"), side("web"), ["PCMA"], undefined],
  [
    "a page is offered its own codecs when the telephone has none of them",
    side("rtp"),
    side("web"),
    ["G729"],
    { transcode: ["opus", "G722", "PCMA", "PCMU"] },
  ],
  [
    "a telephone with the other G.711 law only is reached too",
    side("rtp"),
    side("rtp"),
    ["G722", "PCMU"],
    { transcode: ["PCMA"] },
  ],
  ["telephones with both laws agree between themselves", side("rtp"), side("rtp"), ["PCMU", "PCMA"], undefined],
  ["G.711 helps where one has none of it", side("rtp"), side("srtp"), ["opus"], { transcode: ["PCMA", "PCMU"] }],
  [
    "opus: the page keeps Opus whatever the telephone answers",
    side("web", "opus"),
    side("rtp"),
    browser,
    { strip: ["red", "CN"], accept: ["opus", "telephone-event"] },
  ],
  [
    "opus: the page is offered nothing else",
    side("rtp"),
    side("web", "opus"),
    ["PCMU", "PCMA"],
    { mask: ["PCMU", "PCMA"], transcode: ["opus"] },
  ],
  [
    "a list: the telephone is offered these, in this order",
    side("web"),
    side("rtp", ["PCMA", "AMR"]),
    browser,
    {
      mask: ["opus", "G722", "PCMU"],
      transcode: ["PCMA", "AMR"],
      strip: ["red", "CN"],
      accept: ["telephone-event"],
    },
  ],
  ["an offer without codecs stays one", side("rtp"), side("web"), [], undefined],
];

describe("flags of the relay", () => {
  for (const [from, to, expected] of transports)
    it(`${from} offers to ${to}`, () => {
      const flags = offerFlags(side(from), side(to), { offered: ["PCMU"] });
      assert.deepEqual({ ...flags, ...expected }, flags);
      if (from !== "web" && to !== "web") assert.ok(!("ICE-lite" in flags));
    });

  for (const [title, from, to, offered, codec] of codecs)
    it(title, () => assert.deepEqual(offerFlags(from, to, { offered })["codec"], codec));

  it("a leg that moves keeps the codec that its other side goes on sending", () => {
    const flags = offerFlags(side("rtp"), side("rtp"), { offered: ["PCMU"], keep: "PCMU" });
    assert.deepEqual(flags["codec"], { transcode: ["PCMA"], accept: ["PCMU", "telephone-event"] });
  });

  for (const kind of ["web", "rtp", "srtp"] as const)
    it(`keeps ports and can send digits, to ${kind}`, () => {
      for (const flags of [offerFlags(side("rtp"), side(kind), { offered: [] }), answerFlags(side(kind))]) {
        const list = (flags["flags"] ?? []) as readonly string[];
        assert.ok(["port latching", "inject DTMF"].every((flag) => list.includes(flag)));
        assert.deepEqual(flags["replace"], ["origin", "session-connection"]);
      }
    });

  it("answers in the protocol of the offer", () => {
    for (const kind of ["web", "rtp", "srtp"] as const)
      assert.ok(!("transport-protocol" in answerFlags(side(kind))), kind);
  });
});
