import assert from "node:assert/strict";
import { agreementIn, audioAnswer, audioOffer, type AudioEndpoint } from "../../../gateway/sdp/audio-endpoint.ts";
import { parseSdp, printSdp } from "../../../gateway/sdp/description.ts";
import { answerTo, directionOf, withDirection, type Direction } from "../../../gateway/sdp/direction.ts";
import { withOrigin } from "../../../gateway/sdp/origin.ts";
import { summaryOf } from "../../../gateway/sdp/summary.ts";
import { phoneOffer } from "../../support/sdp-samples.ts";

describe("what is no description", () => {
  const refused: Record<string, string> = {
    nothing: "",
    prose: "hello",
    JSON: '{"v":0}',
    "another version": phoneOffer().replace("v=0", "v=1"),
    "no origin": phoneOffer().replace(/o=.*\r\n/, ""),
    "a line without =": phoneOffer() + "rubbish\r\n",
    "a NUL": phoneOffer() + "a=x\0y\r\n",
    "a media line without formats": phoneOffer().replace(" 0 8 101", ""),
    "a port beyond 65535": phoneOffer(70_000),
    "more than 64 KiB": phoneOffer() + `a=x:${"y".repeat(65_536)}\r\n`,
  };
  for (const [title, text] of Object.entries(refused))
    it(title, () => assert.throws(() => parseSdp(text), { code: "bad-sdp" }));

  it("but bare line feeds and blank lines at the end are forgiven", () => {
    const text = phoneOffer().replaceAll("\r\n", "\n") + "\n\n";
    assert.equal(printSdp(parseSdp(text)), phoneOffer());
  });
});

describe("directions", () => {
  const answers: [offered: Direction, answer: Direction][] = [
    ["sendrecv", "sendrecv"],
    ["sendonly", "recvonly"],
    ["recvonly", "sendonly"],
    ["inactive", "inactive"],
  ];
  // RFC 3264 6.1
  for (const [offered, answer] of answers)
    it(`${offered} is answered with ${answer}`, () => assert.equal(answerTo(offered), answer));

  it("an answer that only listens stays inside what is offered", () => {
    assert.equal(answerTo("sendrecv", "recvonly"), "recvonly");
    assert.equal(answerTo("recvonly", "recvonly"), "inactive");
  });

  const direction = (text: string): Direction | undefined => {
    const { session, media } = parseSdp(text);
    return media[0] && directionOf(media[0], session);
  };

  it("is the section's, else the session's, else sendrecv", () => {
    assert.equal(direction(phoneOffer(4000, "sendonly")), "sendonly");
    assert.equal(direction(phoneOffer().replace("a=sendrecv\r\n", "")), "sendrecv");
    const ofSession = phoneOffer().replace("a=sendrecv\r\n", "").replace("t=0 0", "t=0 0\r\na=inactive");
    assert.equal(direction(ofSession), "inactive");
  });

  it("an address of 0.0.0.0 is a hold, and a port of 0 is nothing", () => {
    assert.equal(direction(phoneOffer().replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")), "sendonly");
    assert.equal(direction(phoneOffer(0)), "inactive");
  });

  it("is edited in place of what stands there", () => {
    const held = printSdp(withDirection(parseSdp(phoneOffer()), "sendonly"));
    assert.equal(held, phoneOffer(4000, "sendonly"));
  });
});

describe("the origin", () => {
  it("is ours, with the version that we count; session name and tool are gone", () => {
    const text = withOrigin(phoneOffer().replace("t=0 0", "i=me\r\nt=0 0\r\na=tool:x"), { sessionId: "7", version: 3 });
    assert.match(text, /^v=0\r\no=- 7 3 IN IP4 127\.0\.0\.1\r\ns=-\r\nc=/);
    assert.doesNotMatch(text, /^i=|a=tool/m);
  });
});

describe("an audio endpoint of our own", () => {
  const pcma = { payloadType: 8, name: "PCMA", clockRate: 8000, channels: 1 };
  const opus = { payloadType: 96, name: "opus", clockRate: 48_000, channels: 2 };
  const endpoint: AudioEndpoint = { address: "127.0.0.1", port: 6000, codecs: [pcma], sessionId: "1", version: 1 };

  it("answers with the first offered codec that it has, and with key presses", () => {
    const { sdp, agreement } = audioAnswer(endpoint, phoneOffer(4000, "sendonly"));
    assert.match(sdp, /m=audio 6000 RTP\/AVP 8 101\r\n/);
    assert.match(sdp, /a=recvonly\r\n/);
    assert.deepEqual(agreement, { address: "127.0.0.1", port: 4000, codec: pcma, events: 101, direction: "recvonly" });
  });

  it("answers under the offered payload type", () => {
    const offer = phoneOffer()
      .replace("RTP/AVP 0 8 101", "RTP/AVP 111")
      .replace("a=rtpmap:0 PCMU/8000", "a=rtpmap:111 opus/48000/2");
    const { agreement } = audioAnswer({ ...endpoint, codecs: [opus] }, offer);
    assert.equal(agreement.codec.payloadType, 111);
  });

  it("refuses sections beyond the audio, in their place (RFC 3264 6)", () => {
    const { sdp } = audioAnswer(endpoint, phoneOffer() + "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
    assert.match(sdp, /m=audio 6000 [\s\S]*m=video 0 RTP\/AVP 96\r\n$/);
  });

  it("has an error for no audio and for no common codec", () => {
    assert.throws(() => audioAnswer(endpoint, phoneOffer(0)), { code: "no-common-codec" });
    assert.throws(() => audioAnswer({ ...endpoint, codecs: [opus] }, phoneOffer()), { code: "no-common-codec" });
  });

  it("offers, and reads the answer", () => {
    const offer = audioOffer(endpoint);
    assert.deepEqual(summaryOf(offer), {
      audio: true,
      video: false,
      direction: "sendrecv",
      codecs: ["PCMA"],
      dtmf: false,
    });
    assert.equal(agreementIn(endpoint, phoneOffer(4444)).port, 4444);
  });
});
