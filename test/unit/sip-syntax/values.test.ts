import assert from "node:assert/strict";
import { parseContacts } from "../../../gateway/sip-syntax/contact.ts";
import {
  parseAuthValue,
  printChallenge,
  printCredentials,
  splitAuthValues,
} from "../../../gateway/sip-syntax/credentials.ts";
import { parseCSeq, parseRAck, printRAck } from "../../../gateway/sip-syntax/cseq.ts";
import { readEnvelope } from "../../../gateway/sip-syntax/envelope.ts";
import {
  isToken,
  parseParams,
  quote,
  SipSyntaxError,
  splitOutside,
  unquote,
} from "../../../gateway/sip-syntax/grammar.ts";
import { Headers } from "../../../gateway/sip-syntax/headers.ts";
import { parseMessage } from "../../../gateway/sip-syntax/message.ts";
import { parseNameAddr, printNameAddr, tagOf, uriOf, withTag } from "../../../gateway/sip-syntax/name-addr.ts";
import { parseReasons, printReason } from "../../../gateway/sip-syntax/reason.ts";
import { parseSipUri, parseUri, printUri, uriParam } from "../../../gateway/sip-syntax/uri.ts";
import { branchOf, parseVia, printVia, splitTopVia } from "../../../gateway/sip-syntax/via.ts";

describe("grammar", () => {
  it("quotes and unquotes", () => {
    assert.equal(quote('a"b\\c'), '"a\\"b\\\\c"');
    assert.equal(unquote('"a\\"b\\\\c"'), 'a"b\\c');
    assert.equal(unquote("plain"), "plain");
    assert.equal(isToken("z9hG4bK-1.2!%*_+`'~"), true);
    assert.equal(isToken("a b"), false);
    assert.equal(isToken(""), false);
  });

  it("splits outside quotes and brackets, and survives quotes that never end", () => {
    assert.deepEqual(splitOutside('a;"b;\\";c";<d;e>;f', ";"), ["a", '"b;\\";c"', "<d;e>", "f"]);
    assert.deepEqual(splitOutside('"never;ends', ";"), ['"never;ends']);
    assert.deepEqual(splitOutside(" ,, a ,", ","), ["a"]);
    assert.deepEqual(
      [...parseParams(';A=1; b = "x;y" ;c')],
      [
        ["a", "1"],
        ["b", "x;y"],
        ["c", true],
      ],
    );
  });
});

describe("URI", () => {
  it("reads and prints all parts", () => {
    for (const text of [
      "sip:alice@atlanta.com",
      "sip:alice:secretword@atlanta.com;transport=tcp",
      "sips:alice@atlanta.com:5061?subject=project%20x&priority=urgent",
      "sip:+1-212-555-1212:1234@gateway.com;user=phone",
      "sip:192.0.2.4",
      "sip:alice;day=tuesday@atlanta.com",
      "sip:x@[2001:db8::9:1]:5070;lr",
      "sip:%75se%72@example.com",
      "sip:alice@df7jal23ls0d.invalid;transport=ws;ob",
      "tel:+1-201-555-0123;phone-context=example.com",
    ]) {
      assert.equal(printUri(parseUri(text)), text);
    }
  });

  it("knows the parts", () => {
    const uri = parseSipUri("SIP:Bob:pw@EXAMPLE.com:5070;Transport=TCP;lr?a=b");
    assert.deepEqual(
      [uri.scheme, uri.user, uri.password, uri.host, uri.port],
      ["sip", "Bob", "pw", "example.com", 5070],
    );
    assert.equal(uriParam(uri, "transport"), "tcp");
    assert.equal(uri.params.get("lr"), true);
    assert.equal(uri.headers, "a=b");
    assert.equal(parseSipUri("sip:user;par=u%40h;a@[::1]").host, "[::1]");
  });

  it("refuses what is none", () => {
    for (const text of [
      "",
      "sip:",
      "sip:@host",
      "sip:a@",
      "sip:a b@c",
      "http://x",
      "sip:a@h:99999",
      "tel:",
      "sip:a@h:x",
    ]) {
      assert.throws(() => parseUri(text), SipSyntaxError, text);
    }
    assert.throws(() => parseSipUri("tel:1"), SipSyntaxError);
  });
});

describe("name-addr", () => {
  it("reads display names, brackets and parameters", () => {
    const value = parseNameAddr('"Bob \\"x\\" <y>" <sip:bob@b.com;a=1>;tag=a48s;x');
    assert.deepEqual([value.name, value.uri, value.params.get("tag")], ['Bob "x" <y>', "sip:bob@b.com;a=1", "a48s"]);
    assert.equal(printNameAddr(value), '"Bob \\"x\\" <y>" <sip:bob@b.com;a=1>;tag=a48s;x');
    assert.equal(parseNameAddr("Anonymous <sip:c8oq@x.org>;tag=h").name, "Anonymous");
  });

  it("gives parameters of a bare URI to the header (RFC 3261 20)", () => {
    const value = parseNameAddr("sip:bob@b.com;tag=1");
    assert.deepEqual([value.uri, value.params.get("tag")], ["sip:bob@b.com", "1"]);
    assert.equal(uriOf("sip:bob@b.com;tag=1"), "sip:bob@b.com");
    assert.equal(uriOf('"<sip:no@x>" <sip:yes@x>'), "sip:yes@x");
    assert.throws(() => parseNameAddr("sip:bob@b.com>;tag=1"), SipSyntaxError);
  });

  it("finds the tag only where it is one", () => {
    assert.equal(tagOf("<sip:a@b;tag=no>;tag=yes"), "yes");
    assert.equal(tagOf('"x;tag=no" <sip:a@b>'), undefined);
    assert.equal(tagOf("<sip:a@b> ; TAG = t"), "t");
    assert.equal(tagOf("sip:a@b;tag=q"), "q");
    assert.equal(withTag("sip:a@b", "t"), "<sip:a@b>;tag=t");
    assert.equal(withTag('"A" <sip:a@b>;x', "t"), '"A" <sip:a@b>;x;tag=t');
  });

  it("refuses a quotation mark or an angle bracket in a parameter's name", () => {
    for (const text of ['<sip:a@b>;q, b" <sip:c@d>;e=1', "<sip:a@b>;c>=1"]) {
      assert.throws(() => parseNameAddr(text), { code: "header" }, text);
    }
  });

  it("refuses what is none", () => {
    for (const text of ["", "<>", "Bob <sip:b", "Bob", "<sip:b> junk"]) {
      assert.throws(() => parseNameAddr(text), SipSyntaxError, text);
    }
  });
});

describe("Via", () => {
  it("reads and prints", () => {
    const via = parseVia("SIP / 2.0 / udp first.example.com : 4000;ttl=16;branch=z9hG4bK87a.1;rport");
    assert.deepEqual(
      [via.transport, via.host, via.port, branchOf(via)],
      ["UDP", "first.example.com", 4000, "z9hG4bK87a.1"],
    );
    assert.equal(printVia(via), "SIP/2.0/UDP first.example.com:4000;ttl=16;branch=z9hG4bK87a.1;rport");
    assert.equal(parseVia("SIP/2.0/WS [2001:db8::1];received=[2001:db8::2]").params.get("received"), "[2001:db8::2]");
    assert.equal(branchOf(parseVia("SIP/2.0/TCP h")), "");
  });

  it("takes the first of several off a line", () => {
    assert.deepEqual(splitTopVia('SIP/2.0/UDP a;x="1,2", SIP/2.0/UDP b'), {
      top: 'SIP/2.0/UDP a;x="1,2"',
      rest: "SIP/2.0/UDP b",
    });
  });

  it("refuses what is none", () => {
    for (const text of ["", "SIP/2.0 a", "SIP/3.0/UDP a", "SIP/2.0/UDP", "SIP/2.0/UDP a b", "SIP/2.0/UDP a:b"]) {
      assert.throws(() => parseVia(text), SipSyntaxError, text);
    }
  });
});

describe("CSeq and RAck", () => {
  it("reads numbers of 31 bits", () => {
    assert.deepEqual(parseCSeq("0009  INVITE"), { number: 9, method: "INVITE" });
    assert.equal(parseCSeq("2147483647 BYE").number, 2147483647);
    for (const text of ["", "INVITE", "1", "36893488147419103232 REGISTER", "2147483648 BYE", "-1 BYE"]) {
      assert.throws(() => parseCSeq(text), SipSyntaxError, text);
    }
  });

  it("reads RAck, also with the method twice", () => {
    const rack = { rseq: 776656, cseq: { number: 1, method: "INVITE" } };
    assert.deepEqual(parseRAck("776656 1 INVITE"), rack);
    assert.deepEqual(parseRAck("776656 1 INVITE INVITE"), rack);
    assert.equal(printRAck(rack), "776656 1 INVITE");
    assert.throws(() => parseRAck("1 INVITE"), SipSyntaxError);
  });
});

describe("Contact", () => {
  it("reads lists with expiry and q", () => {
    const headers = Headers.of([
      ["m", '"Mr, W" <sip:w@a.com>;q=0.7;expires=3600, <sip:w@b.com;x=1>'],
      ["Contact", "sip:c@d"],
    ]);
    const contacts = parseContacts(headers);
    assert.ok(contacts !== "*");
    assert.deepEqual(
      contacts.map(({ uri, q, expires }) => [uri, q, expires]),
      [
        ["sip:w@a.com", 0.7, 3600],
        ["sip:w@b.com;x=1", undefined, undefined],
        ["sip:c@d", undefined, undefined],
      ],
    );
  });

  it("lets the star stand alone only", () => {
    assert.equal(parseContacts(Headers.of([["Contact", "*"]])), "*");
    assert.throws(() => parseContacts(Headers.of([["Contact", "*, <sip:a@b>"]])), SipSyntaxError);
  });
});

describe("authentication values", () => {
  it("reads and prints a challenge", () => {
    const text = 'Digest realm="a, \\"b\\"", nonce="abc==", algorithm=SHA-256, qop="auth,auth-int", stale=FALSE';
    const value = parseAuthValue(text);
    assert.deepEqual(
      [value.scheme, value.params.get("realm"), value.params.get("qop")],
      ["Digest", 'a, "b"', "auth,auth-int"],
    );
    assert.equal(printChallenge(value), text);
  });

  it("reads and prints credentials: qop and nc are tokens there (RFC 7616 3.4)", () => {
    const text = 'Digest username="Mufasa", uri="sip:a", qop=auth, nc=00000001, response="6629"';
    assert.equal(printCredentials(parseAuthValue(text)), text);
    assert.equal(printCredentials(parseAuthValue('Digest qop="a, b"')), 'Digest qop="a, b"', "no token, no bare value");
  });

  it("takes the first of two values of one name", () => {
    assert.equal(parseAuthValue("Digest realm=a, REALM=b").params.get("realm"), "a");
    assert.throws(() => parseAuthValue(""), SipSyntaxError);
    assert.throws(() => parseAuthValue("Digest nothing"), SipSyntaxError);
  });

  it("takes joined challenges apart", () => {
    assert.deepEqual(splitAuthValues('Digest realm="a", nonce="1", Digest realm="b", nonce="2"'), [
      'Digest realm="a", nonce="1"',
      'Digest realm="b", nonce="2"',
    ]);
  });
});

describe("Reason", () => {
  it("reads all values and leaves out what it cannot read", () => {
    const lines = ['SIP;cause=200;text="Call completed, elsewhere", Q.850;cause=16', "; ;", 'SIP;"cause=1'];
    assert.deepEqual(parseReasons(lines), [
      { protocol: "SIP", cause: 200, text: "Call completed, elsewhere" },
      { protocol: "Q.850", cause: 16 },
    ]);
    assert.equal(printReason({ protocol: "SIP", cause: 503, text: "lost" }), 'SIP;cause=503;text="lost"');
  });
});

describe("envelope", () => {
  const head = [
    "Via: SIP/2.0/UDP h;branch=z9hG4bK1",
    "From: <sip:a@b>;tag=f",
    "To: <sip:c@d>",
    "Call-ID: i",
    "CSeq: 1 INVITE",
  ];
  const parse = (lines: string[]) =>
    parseMessage(Buffer.from(["INVITE sip:c@d SIP/2.0", ...lines, "", ""].join("\r\n")));

  it("holds what a stack needs", () => {
    const { callId, cseq, fromTag, toTag, via } = readEnvelope(parse(head));
    assert.deepEqual([callId, cseq.number, fromTag, toTag, via.host], ["i", 1, "f", undefined, "h"]);
  });

  it("misses each mandatory header by name (RFC 3261 8.1.1)", () => {
    for (const name of ["Via", "From", "To", "Call-ID", "CSeq"]) {
      const rest = head.filter((line) => !line.startsWith(`${name}:`));
      assert.throws(() => readEnvelope(parse(rest)), new RegExp(`${name} is missing`));
    }
  });

  it("refuses a CSeq of another method", () => {
    assert.throws(() => readEnvelope(parse([...head.slice(0, 4), "CSeq: 1 BYE"])), SipSyntaxError);
  });
});
