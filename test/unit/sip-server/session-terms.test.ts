import assert from "node:assert/strict";
import {
  isTooBrief,
  longerTimer,
  type SessionPolicy,
  type SessionTerms,
  termsIn,
  withGrant,
  withTimer,
} from "../../../gateway/sip-server/dialog/session-terms.ts";
import { Headers } from "../../../gateway/sip-syntax/headers.ts";
import { emptyBody, type SipRequest, type SipResponse } from "../../../gateway/sip-syntax/message.ts";

const policy: SessionPolicy = { sessionExpires: 1800, minSessionExpires: 90 };
const silent: SessionPolicy = { ...policy, sessionExpires: 0 };
type Fields = Record<string, string>;

const request = (fields: Fields = {}, method = "INVITE"): SipRequest => ({
  kind: "request",
  method,
  uri: "sip:x",
  headers: Headers.of(Object.entries(fields)),
  body: emptyBody,
});
const response = (fields: Fields = {}, status = 200): SipResponse => ({
  kind: "response",
  status,
  reason: "",
  headers: Headers.of(Object.entries(fields)),
  body: emptyBody,
});
const said = ({ headers }: SipRequest | SipResponse) =>
  ["Session-Expires", "Min-SE", "Supported", "Require"].map((name) => headers.get(name) ?? "");

const ours: SessionTerms = { seconds: 300, refresher: "us" };
const theirs: SessionTerms = { seconds: 300, refresher: "peer" };
const timer = { Supported: "100rel, timer" };

describe("session timers (RFC 4028)", () => {
  it("are asked for in INVITEs, by UPDATE only where one runs (7.1, 7.4)", () => {
    const rows: [SipRequest, SessionPolicy, SessionTerms | undefined, string[]][] = [
      [request(), policy, undefined, ["1800;refresher=uac", "", "timer", ""]],
      [request({ Supported: "100rel" }), silent, undefined, ["", "", "100rel, timer", ""]],
      [request({ "Session-Expires": "600" }), policy, undefined, ["600", "", "timer", ""]],
      [request(), { ...policy, minSessionExpires: 120 }, undefined, ["1800;refresher=uac", "120", "timer", ""]],
      [request({}, "UPDATE"), policy, undefined, ["", "", "timer", ""]],
      [request({}, "UPDATE"), policy, ours, ["300;refresher=uac", "", "timer", ""]],
      [request(), policy, theirs, ["300;refresher=uas", "", "timer", ""]],
      [request({}, "INFO"), policy, ours, ["", "", "", ""]],
    ];
    for (const [draft, by, running, expected] of rows) assert.deepEqual(said(withTimer(draft, by, running)), expected);
  });

  it("are granted as table 2 of clause 9 says", () => {
    const rows: [Fields, SessionTerms | undefined, string[]][] = [
      [{ ...timer, "Session-Expires": "200" }, undefined, ["200;refresher=uas", "", "", "timer"]],
      [{ ...timer, "Session-Expires": "200;refresher=uac" }, undefined, ["200;refresher=uac", "", "", "timer"]],
      [{ ...timer, x: "200;Refresher=UAS" }, undefined, ["200;refresher=uas", "", "", "timer"]],
      [{ ...timer, "Session-Expires": "200", "Min-SE": "400" }, undefined, ["400;refresher=uas", "", "", "timer"]],
      [{ "Session-Expires": "200;refresher=uac" }, undefined, ["200;refresher=uas", "", "", ""]],
      [timer, undefined, ["1800;refresher=uas", "", "", "timer"]],
      [timer, theirs, ["300;refresher=uac", "", "", "timer"]],
      [{}, ours, ["300;refresher=uas", "", "", ""]],
      [{}, undefined, ["", "", "", ""]],
    ];
    for (const [asked, running, expected] of rows) {
      assert.deepEqual(said(withGrant(response(), request(asked), policy, running)), expected);
    }
    const own = response({ "Session-Expires": "100" });
    assert.equal(said(withGrant(own, request(timer), policy, undefined))[0], "100;refresher=uas");
    assert.equal(said(withGrant(response({}, 180), request(timer), policy, undefined))[0], "");
    assert.equal(said(withGrant(response(), request(timer), silent, undefined))[0], "");
  });

  it("run for whoever is named, and end where none is granted (7.2)", () => {
    const rows: [string | undefined, "uac" | "uas", SessionTerms | undefined][] = [
      ["300;refresher=uac", "uac", ours],
      ["300;refresher=uas", "uac", theirs],
      ["300 ; refresher=uas;x=y", "uas", ours],
      ["300", "uac", ours],
      ["soon", "uac", undefined],
      ["0", "uac", undefined],
      [undefined, "uac", undefined],
    ];
    for (const [value, role, expected] of rows) {
      const answer = response(value === undefined ? {} : { "Session-Expires": value });
      assert.deepEqual(termsIn(answer, role), expected);
    }
  });

  it("are refused when too brief, and longer after such a refusal (7.3)", () => {
    assert.equal(isTooBrief(request({ ...timer, "Session-Expires": "89" }), policy), true);
    assert.equal(isTooBrief(request({ ...timer, x: "90" }), policy), false);
    assert.equal(isTooBrief(request({ "Session-Expires": "10" }), policy), false);
    assert.equal(isTooBrief(request({ ...timer, "Session-Expires": "10" }, "INFO"), policy), false);
    const asked = request({ "Session-Expires": "100;refresher=uac" });
    const longer = longerTimer(asked, response({ "Min-SE": "200;generic" }, 422));
    assert.deepEqual(longer && said(longer).slice(0, 2), ["200;refresher=uac", "200"]);
    for (const least of ["100", "x"]) assert.equal(longerTimer(asked, response({ "Min-SE": least }, 422)), undefined);
    assert.equal(longerTimer(request(), response({ "Min-SE": "200" }, 422)), undefined);
  });
});
