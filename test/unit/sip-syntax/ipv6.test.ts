import assert from "node:assert/strict";
import { readEnvelope } from "../../../gateway/sip-syntax/envelope.ts";
import { SipSyntaxError } from "../../../gateway/sip-syntax/grammar.ts";
import { parseMessage } from "../../../gateway/sip-syntax/message.ts";
import { canonicalHost, parseSipUri } from "../../../gateway/sip-syntax/uri.ts";
import { parseVia, printVia } from "../../../gateway/sip-syntax/via.ts";

const message = (uri: string, ...lines: string[]): Buffer =>
  Buffer.from(
    [
      `REGISTER ${uri} SIP/2.0`,
      ...(lines.some((line) => line.startsWith("Via:"))
        ? []
        : ["Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111"]),
      "To: sip:user@example.com",
      "From: sip:user@example.com;tag=81x2",
      "Call-ID: SSG9559905523997077@hlau_4100",
      "Max-Forwards: 70",
      "CSeq: 98176 REGISTER",
      ...lines,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );

/** What RFC 5118 4 asks of each of its messages, in our own words. */
describe("IPv6 addresses in messages (RFC 5118 4)", () => {
  const host = (uri: string): readonly [string, number | undefined] => {
    const parsed = parseSipUri(uri);
    return [parsed.host, parsed.port];
  };

  it("4.1: are good in brackets, also with the Contact's parameters outside of them", () => {
    const envelope = readEnvelope(
      parseMessage(message("sip:[2001:db8::10]", 'Contact: "Caller" <sip:c@[2001:db8::1]>')),
    );
    assert.equal(envelope.via.host, "[2001:db8::9:1]");
    assert.deepEqual(host("sip:[2001:db8::10]"), ["[2001:db8::10]", undefined]);
  });

  it("4.2: are refused without brackets", () => {
    assert.throws(() => readEnvelope(parseMessage(message("sip:2001:db8::10"))), SipSyntaxError);
  });

  it("4.3, 4.4: a port inside the brackets belongs to the address, and one behind them is a port", () => {
    assert.deepEqual(host("sip:[2001:db8::10:5070]"), ["[2001:db8::10:5070]", undefined]);
    assert.deepEqual(host("sip:[2001:db8::10]:5070"), ["[2001:db8::10]", 5070]);
  });

  it("4.5: received may come with brackets or without", () => {
    for (const received of ["[2001:db8::9:255]", "2001:db8::9:255"]) {
      const line = `SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`;
      const via = parseVia(line);
      assert.equal(via.params.get("received"), received);
      assert.equal(printVia(via), line);
    }
  });

  it("4.7: stand beside IPv4 addresses in one message", () => {
    const lines = [
      "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111",
      "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
      "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
    ];
    const parsed = parseMessage(message("sip:user@[2001:db8::10]", ...lines));
    assert.deepEqual(
      parsed.headers.list("Via").map((via) => parseVia(via).host),
      ["[2001:db8::9:1]", "192.0.2.1", "[2001:db8::9:255]"],
    );
    assert.equal(readEnvelope(parsed).via.port, 6050);
  });

  it("4.9: may hold an IPv4 address", () => {
    assert.deepEqual(host("sip:user@[::ffff:192.0.2.10]:19823"), ["[::ffff:192.0.2.10]", 19823]);
  });

  it("4.10: may have the three colons that an old grammar makes", () => {
    assert.deepEqual(host("sip:user@[2001:db8:::192.0.2.1]"), ["[2001:db8:::192.0.2.1]", undefined]);
  });

  it("are the same however they are written", () => {
    const forms = ["[2001:DB8:0:0::1]", "2001:db8::1", "[2001:0db8::0001]"].map(canonicalHost);
    assert.deepEqual(new Set(forms), new Set(["2001:db8::1"]));
    assert.deepEqual(["Example.COM", "192.0.2.1", "[2001:db8:::1]"].map(canonicalHost), [
      "example.com",
      "192.0.2.1",
      "2001:db8:::1",
    ]);
  });
});
