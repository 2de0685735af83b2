import assert from "node:assert/strict";
import { causeCodes, type Cause, type CauseCode } from "../../../gateway/call/cause.ts";
import { factsOf } from "../../../gateway/records/facts.ts";
import { isPrivate } from "../../../gateway/records/private-address.ts";
import type { Story } from "../../../gateway/records/story.ts";
import { verdictOf, verdictRows } from "../../../gateway/records/verdicts/verdict.ts";
import { sampleAttempt, sampleLegs, sampleStory, type SampleOptions } from "../../support/story-sample.ts";

const verdict = (story: Story) => verdictOf(factsOf(story));

const unanswered = (cause: Cause, more: SampleOptions = {}): Story =>
  sampleStory({ cause, by: "callee", connected: false, responses: [], ...more });

const unrouted = (code: CauseCode, text?: string): Story =>
  unanswered(
    { code, ...(text !== undefined && { text }) },
    {
      by: "system",
      more: [{ is: "state", from: "routing", to: "ended", input: "unroutable" }],
      legs: [sampleLegs.browser],
    },
  );

const paired = { local: "host 192.0.2.1:5000", remote: "host 192.0.2.2:6000", protocol: "udp" };
const silent = { packets: 0 };
const toBrowser = [sampleLegs.phone, sampleLegs.browser];

/** A story for each row, and what its title or text must say. */
const provoked: Readonly<Record<string, readonly [Story, RegExp]>> = {
  "wrong-password": [sampleAttempt("password", 403), /198\.51\.100\.66/],
  "no-password": [sampleAttempt("no-password", 407), /did not come back/],
  "unknown-caller": [sampleAttempt("unknown-caller", 403), /names no user of ours/],
  "bad-target": [sampleAttempt("bad-target", 404), /bob@a\.example leads to no user.*404/],
  "not-understood": [
    sampleAttempt("not-understood", 420),
    /198\.51\.100\.66 was answered 420: it requires an extension/,
  ],
  "token-expired": [sampleAttempt("frame", "token-expired"), /token had expired/],
  "call-refused": [sampleAttempt("frame", "rate-limited"), /rate-limited/],
  "emergency-number": [unrouted("emergency-not-supported"), /is an emergency number/],
  overload: [unrouted("overload"), /call\.maxCalls/],
  "gateway-stopped": [sampleStory({ cause: { code: "stopping" }, by: "system" }), /stopped/],
  "sip-server-lost": [sampleStory({ cause: { code: "network-lost", text: "SIP server lost" } }), /SIP server was lost/],
  "relay-lost": [sampleStory({ cause: { code: "relay-lost" }, by: "system" }), /relay that carried the sound/],
  "trunk-password": [
    unanswered(
      { code: "not-allowed", sip: 403 },
      { responses: ["SIP/2.0 407 Proxy Authentication Required", "SIP/2.0 403 Forbidden"] },
    ),
    /Wrong password towards trunk B/,
  ],
  "no-ack": [sampleStory({ cause: { code: "no-ack" }, legs: toBrowser }), /The calling phone never acknowledged/],
  "codec-mismatch": [
    unanswered(
      { code: "not-acceptable", sip: 488 },
      { responses: ["SIP/2.0 488 Not Acceptable Here"], warning: '305 b "no G.729"' },
    ),
    /488 Not Acceptable Here; 305 b "no G\.729".*opus\/48000/,
  ],
  "no-response": [
    unanswered({ code: "peer-timeout", sip: 408 }, { responses: ["made 408 Request Timeout"] }),
    /never answered/,
  ],
  "not-refreshed": [sampleStory({ cause: { code: "peer-timeout" } }), /far end was gone/],
  busy: [unanswered({ code: "busy", sip: 486 }), /Trunk B is on another call/],
  declined: [unanswered({ code: "declined", sip: 603 }), /declined/],
  "do-not-disturb": [unrouted("do-not-disturb"), /nothing rang/],
  "answered-elsewhere": [unanswered({ code: "answered-elsewhere" }), /Another device/],
  cancelled: [
    unanswered({ code: "cancelled" }, { by: "caller", more: [{ is: "fact", leg: 1, fact: "ringing" }] }),
    /rang for/,
  ],
  "no-answer": [unanswered({ code: "no-answer" }), /rang for/],
  "no-route": [
    unrouted("not-found", "no trunk is configured for telephone numbers"),
    /\+442079460958 was not called: no trunk/,
  ],
  "not-found": [
    unanswered({ code: "not-found", sip: 404 }, { responses: ["SIP/2.0 404 Not Found"] }),
    /Trunk B does not know .*404/,
  ],
  "not-allowed": [unrouted("not-allowed", "SIP address literals are not called"), /no right to call.*literals/],
  "blocked-number": [
    unanswered({ code: "blocked-number", sip: 608 }, { responses: ["SIP/2.0 608 Rejected"] }),
    /608 Rejected/,
  ],
  redirected: [unanswered({ code: "redirected", sip: 302 }), /another address/],
  unavailable: [unrouted("unavailable"), /no open page/],
  asleep: [unanswered({ code: "asleep" }), /no page opened within/],
  "not-woken": [
    unanswered({ code: "unavailable", text: "no browser could be woken" }),
    /no push service took our notification/,
  ],
  "no-microphone": [sampleStory({ report: { problem: "microphone-busy" }, caller: silent }), /microphone-busy/],
  "ice-failed": [sampleStory({ caller: silent }), /no pair of addresses/],
  "dtls-failed": [sampleStory({ caller: silent, report: { ...paired, sent: 0, received: 0 } }), /DTLS/],
  "no-audio": [
    sampleStory({ caller: silent, callee: silent, report: { ...paired, sent: 900, received: 0 } }),
    /In 38 s not one packet came, from neither side/,
  ],
  "private-address": [
    sampleStory({ callee: silent, address: "10.20.0.4" }),
    /The caller's browser sent 1 893 packets .* In 38 s not one packet came back from 10\.20\.0\.4:40122.*a private address/,
  ],
  "no-audio-from-sip": [sampleStory({ callee: silent }), /not one packet came back from 198\.51\.100\.7:40122/],
  "no-audio-from-browser": [
    sampleStory({ caller: silent, report: { ...paired, sent: 0, received: 1800 } }),
    /not one packet of sound came from the caller's browser\. Trunk B sent 1 890/,
  ],
  "no-audio-to-browser": [
    sampleStory({ report: { ...paired, sent: 1893, received: 0 } }),
    /had 1 890 packets from trunk B, but the browser received none/,
  ],
  "media-timeout": [
    sampleStory({
      cause: { code: "media-timeout" },
      by: "system",
      more: [{ is: "media", event: "silent", side: "callee" }],
    }),
    /Sound stopped coming from trunk B/,
  ],
  "only-silence": [
    sampleStory({ caller: { packets: 1893, octets: 1893 * 24, codec: "opus/48000/2" } }),
    /The caller's browser sent nothing but silence/,
  ],
  "weak-network": [
    sampleStory({ callee: { packets: 1700, lossPercent: 11 } }),
    /Weak network at trunk B.*11 % of the packets were lost/,
  ],
  "page-lost": [sampleStory({ cause: { code: "network-lost" } }), /The caller's browser was lost/],
  "peer-lost": [
    sampleStory({ cause: { code: "network-lost", sip: 481 }, by: "callee" }),
    /Trunk B was lost in the call/,
  ],
  "media-failed": [
    unanswered({ code: "media-failed", text: "refused" }, { by: "system" }),
    /refused a description: refused/,
  ],
  "time-limit": [sampleStory({ cause: { code: "time-limit" }, by: "system" }), /ended after 38 s/],
  "server-error": [
    unanswered({ code: "server-error", sip: 500 }, { responses: ["SIP/2.0 500 Oops"] }),
    /Trunk B said 500 Oops/,
  ],
  running: [running(), /going on/],
  normal: [sampleStory(), /talked for 38 s; the caller's browser ended the call/],
};

function running(): Story {
  const { end: _end, endedAt: _endedAt, ...story } = sampleStory();
  return story;
}

describe("verdicts", () => {
  for (const { code } of verdictRows)
    it(code, () => {
      const [story, says] = provoked[code] ?? assert.fail(`no story provokes ${code}`);
      const { title, text, ...found } = verdict(story);
      assert.equal(found.code, code, `${title}: ${text}`);
      assert.match(`${title} ${text}`, says);
      assert.doesNotMatch(`${title} ${text}`, /undefined|NaN|\[object/);
    });

  it("each is there once, and a failure says what to do", () => {
    assert.equal(new Set(verdictRows.map(({ code }) => code)).size, verdictRows.length);
    const idle = verdictRows.filter(({ severity, advice }) => severity === "failure" && advice.length === 0);
    assert.deepEqual(idle, []);
  });

  it("every cause leads to one that is not normal", () => {
    for (const code of causeCodes.filter((one) => one !== "normal"))
      assert.notEqual(verdict(unanswered({ code })).code, "normal", code);
  });
});

describe("which verdict is told when several fit", () => {
  const told = (options: SampleOptions): string => verdict(sampleStory(options)).code;

  it("sound before the ordinary end", () => assert.equal(told({ callee: silent }), "no-audio-from-sip"));
  it("what was never heard before the time-out that it led to", () =>
    assert.equal(told({ callee: silent, cause: { code: "media-timeout" }, by: "system" }), "no-audio-from-sip"));
  it("the address before the mere silence", () =>
    assert.equal(told({ callee: silent, address: "192.168.1.5" }), "private-address"));
  it("a private address with sound is nothing", () => assert.equal(told({ address: "10.0.0.1" }), "normal"));
  it("a private address of a peer that signals from there is none", () => {
    const story = sampleStory({ callee: silent, address: "198.51.100.7" });
    assert.equal(verdict(story).code, "no-audio-from-sip");
  });
  it("talk too short to say anything is normal", () =>
    assert.equal(told({ callee: silent, durationMs: 500 }), "normal"));
  it("the relay's death before the silence that followed", () =>
    assert.equal(told({ callee: silent, cause: { code: "relay-lost" }, by: "system" }), "relay-lost"));
});

describe("private addresses", () => {
  for (const [address, expected] of [
    ["10.20.0.4", true],
    ["172.16.0.1", true],
    ["172.32.0.1", false],
    ["192.168.1.1", true],
    ["100.64.0.1", true],
    ["169.254.1.1", true],
    ["127.0.0.1", true],
    ["198.51.100.7", false],
    ["fe80::1", true],
    ["fd00::2", true],
    ["2001:db8::1", false],
    ["phone.example", false],
    ["", false],
  ] as const)
    it(`${address || "nothing"}: ${expected}`, () => assert.equal(isPrivate(address), expected));
});
