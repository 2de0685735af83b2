import assert from "node:assert/strict";
import { SipSyntaxError, type SipPart } from "../../../gateway/sip-syntax/grammar.ts";
import { contentLength, parseMessage, printMessage, type SipMessage } from "../../../gateway/sip-syntax/message.ts";

const lines = (...text: string[]): Buffer => Buffer.from(text.join("\r\n"));
const minimal = ["Via: SIP/2.0/UDP a.example;branch=z9hG4bK1", "To: <sip:b@example.com>", "", ""];

function fails(bytes: Buffer, code: SipPart): void {
  assert.throws(
    () => parseMessage(bytes),
    (fault) => fault instanceof SipSyntaxError && fault.code === code,
  );
}

function request(...headers: string[]): SipMessage {
  return parseMessage(lines("OPTIONS sip:b@example.com SIP/2.0", ...headers, "", ""));
}

describe("SIP message", () => {
  it("reads request line, headers and body byte for byte", () => {
    const body = Buffer.from([0, 1, 13, 10, 13, 10, 0xff, 0xfe]);
    const message = parseMessage(Buffer.concat([lines("MESSAGE sip:b@example.com SIP/2.0", ...minimal), body]));
    assert.equal(message.kind === "request" && message.method, "MESSAGE");
    assert.equal(message.kind === "request" && message.uri, "sip:b@example.com");
    assert.deepEqual(message.body, body);
  });

  it("reads a status line, also without a reason and with UTF-8 in it", () => {
    const ok = parseMessage(lines("SIP/2.0 200 OK", ...minimal));
    assert.deepEqual(ok.kind === "response" && [ok.status, ok.reason], [200, "OK"]);
    const none = parseMessage(lines("SIP/2.0 100 ", ...minimal));
    assert.deepEqual(none.kind === "response" && [none.status, none.reason], [100, ""]);
    const reason = "= 2**3 * 5**2 но сто девяносто девять - простое";
    const unusual = parseMessage(lines(`SIP/2.0 200 ${reason}`, ...minimal)); // RFC 4475 3.1.1.12
    assert.equal(unusual.kind === "response" && unusual.reason, reason);
  });

  it("unfolds header lines, expands compact names and keeps the order (RFC 3261 7.3.1, 7.3.3)", () => {
    const message = request(
      "v: SIP/2.0/UDP c.example",
      "s:   a",
      " \tlong",
      "  subject",
      "NewFangledHeader:   x",
      "k: 100rel",
    );
    assert.deepEqual(
      message.headers.fields.map(({ name, value }) => `${name}: ${value}`),
      ["Via: SIP/2.0/UDP c.example", "Subject: a long subject", "Newfangledheader: x", "Supported: 100rel"],
    );
  });

  it("accepts white space before the colon and an empty value", () => {
    const message = request("To  : <sip:b@example.com>", "Subject:");
    assert.equal(message.headers.get("to"), "<sip:b@example.com>");
    assert.equal(message.headers.get("Subject"), "");
  });

  it("knows each compact form that applications would not know", () => {
    const forms = {
      a: "Accept-Contact",
      b: "Referred-By",
      d: "Request-Disposition",
      e: "Content-Encoding",
      j: "Reject-Contact",
    };
    const more = { o: "Event", r: "Refer-To", u: "Allow-Events", x: "Session-Expires", y: "Identity", i: "Call-ID" };
    for (const [short, name] of Object.entries({ ...forms, ...more })) {
      assert.equal(request(`${short}: 1`).headers.fields[0]?.name, name);
      assert.equal(request(`${short.toUpperCase()}: 1`).headers.get(name), "1");
    }
  });

  it("keeps the spelling of private headers", () => {
    assert.equal(request("X-myHeader: 1").headers.fields[0]?.name, "X-myHeader");
    assert.equal(request("p-asserted-identity: 1").headers.fields[0]?.name, "P-Asserted-Identity");
  });

  it("takes a header that is not UTF-8 as Latin-1 rather than losing it", () => {
    const head = Buffer.from("OPTIONS sip:b@example.com SIP/2.0\r\nSubject: caf\xe9\r\n\r\n", "latin1");
    assert.equal(parseMessage(head).headers.get("subject"), "café");
  });

  it("prints what it read", () => {
    const text = "OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nX-a: 1, 2\r\nContent-Length: 2\r\n\r\nhi";
    assert.equal(printMessage(parseMessage(Buffer.from(text))).toString(), text);
  });

  it("refuses start lines that are none", () => {
    for (const line of [
      "OPTIONS sip:b@example.com",
      "OPTIONS  sip:b@example.com SIP/2.0",
      "OPTIONS <sip:b@example.com> SIP/2.0",
      "OPTIONS sip:b@example.com SIP/3.0",
      "OPT{}IONS sip:b@example.com SIP/2.0",
      "SIP/2.0 4294967301 better not break the receiver",
      "SIP/2.0 99 too small",
      "HTTP/1.1 200 OK",
      "",
    ]) {
      fails(lines(line, ...minimal), "start-line");
    }
  });

  it("refuses header lines without a proper name, and control characters in values", () => {
    fails(lines("OPTIONS sip:b SIP/2.0", "no colon here", "", ""), "header");
    fails(lines("OPTIONS sip:b SIP/2.0", "a b: 1", "", ""), "header");
    fails(lines("OPTIONS sip:b SIP/2.0", "Subject: a\nInjected: b", "", ""), "header");
    fails(lines("OPTIONS sip:b SIP/2.0", "Subject: a\rb", "", ""), "header");
    fails(lines("OPTIONS sip:b SIP/2.0", "Subject: a\0b", "", ""), "header");
    fails(lines("OPTIONS sip:b SIP/2.0", "Subject: no end"), "header");
  });

  it("bounds the number of header lines", () => {
    fails(lines("OPTIONS sip:b SIP/2.0", ...Array<string>(301).fill("a: 1"), "", ""), "too-large");
  });

  it("refuses a Content-Length that is no number", () => {
    for (const value of ["-1", "1x", "99999999999", "1, 1"]) {
      assert.throws(() => contentLength(request(`Content-Length: ${value}`).headers), SipSyntaxError);
    }
    assert.equal(contentLength(request("l: 7").headers), 7);
    assert.equal(contentLength(request().headers), undefined);
  });
});

describe("Headers", () => {
  const { headers } = request("Via: a", 'Route: <sip:x;lr>, "a, b" <sip:y,z>', "Via: b, c", "Supported: 100rel,TIMER");

  it("takes lists apart outside quotes and angle brackets (RFC 3261 7.3.1)", () => {
    assert.deepEqual(headers.list("via"), ["a", "b", "c"]);
    assert.deepEqual(headers.list("Route"), ["<sip:x;lr>", '"a, b" <sip:y,z>']);
    assert.equal(headers.lists("k", "timer"), true);
    assert.equal(headers.lists("Supported", "path"), false);
  });

  it("sets, replaces, adds and removes lines", () => {
    const copy = headers.clone();
    copy
      .set("Via", "only")
      .replaceFirst("Route", "r")
      .remove("supported")
      .add("x-new", "1")
      .addFirst("Max-Forwards", "70");
    assert.deepEqual(
      copy.fields.map(({ name, value }) => `${name}: ${value}`),
      ["Max-Forwards: 70", "Via: only", "Route: r", "x-new: 1"],
    );
    assert.equal(headers.get("Via"), "a");
  });
});
