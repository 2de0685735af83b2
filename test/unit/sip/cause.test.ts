import assert from "node:assert/strict";
import { causeCodes, type Cause, type CauseCode } from "../../../gateway/call/cause.ts";
import { causeOfReason, causeOfStatus, reasonOfCause, statusOfCause } from "../../../gateway/sip/cause.ts";

/** Every final status that RFC 3261 21 and its successors define, and the classes for the rest. */
const statuses: Readonly<Record<CauseCode, readonly number[]>> = {
  "not-allowed": [401, 403, 407, 433],
  "not-found": [404, 410, 484, 485, 604],
  "not-acceptable": [406, 415, 488, 491, 606],
  "no-answer": [408, 504],
  unavailable: [402, 409, 413, 414, 421, 423, 428, 480, 494, 499, 503],
  "network-lost": [481],
  "server-error": [400, 405, 420, 482, 483, 500, 501, 502, 505, 513, 599],
  busy: [486, 600],
  cancelled: [487],
  "media-failed": [580],
  declined: [603, 605, 699],
  "blocked-number": [607, 608],
  redirected: [300, 301, 302, 305, 380],
  "do-not-disturb": [],
  normal: [],
  asleep: [],
  "answered-elsewhere": [],
  moved: [],
  "media-timeout": [],
  "relay-lost": [],
  "peer-timeout": [],
  "no-ack": [],
  "emergency-not-supported": [],
  "time-limit": [],
  overload: [],
  stopping: [],
};

/** Q.850 cause values (RFC 3398 7.2.4.1, 8.2.6.1). */
const q850: Partial<Record<CauseCode, readonly number[]>> = {
  "not-found": [1, 2, 3, 22, 28],
  normal: [16, 31],
  busy: [17],
  "no-answer": [18, 19, 102],
  unavailable: [20, 27, 58],
  declined: [21],
  overload: [34, 42],
  "network-lost": [38, 41],
  "not-allowed": [55, 57],
  "not-acceptable": [65, 79, 88],
};

const rowsOf = (table: Partial<Record<CauseCode, readonly number[]>>): [number, CauseCode][] =>
  Object.entries(table).flatMap(([code, values]) =>
    values.map((value): [number, CauseCode] => [value, code as CauseCode]),
  );

describe("the cause of a final response", () => {
  for (const [status, code] of rowsOf(statuses)) {
    it(`${status} is ${code}`, () => assert.deepEqual(causeOfStatus(status), { code, sip: status }));
  }

  for (const [value, code] of rowsOf(q850)) {
    it(`Q.850 ${value} is ${code}, whatever status it came with`, () => {
      assert.deepEqual(causeOfStatus(500, [`Q.850;cause=${value};text="said"`]), { code, sip: 500, q850: value });
      assert.deepEqual(causeOfReason([`Q.850;cause=${value}`], "cancelled"), { code, q850: value });
    });
  }

  for (const value of [0, 4, 63, 127]) {
    it(`Q.850 ${value} says nothing that the status does not`, () => {
      assert.deepEqual(causeOfStatus(486, [`Q.850;cause=${value}`]), { code: "busy", sip: 486, q850: value });
    });
  }

  it("tells a 408 of the network from one that our own SIP server made", () => {
    assert.equal(causeOfStatus(408).code, "no-answer");
    assert.equal(causeOfStatus(408, [], true).code, "peer-timeout");
    assert.equal(causeOfStatus(503, [], true).code, "unavailable");
  });
});

describe("the cause of a BYE or CANCEL (RFC 3326)", () => {
  for (const [reasons, otherwise, cause] of [
    [[], "normal", { code: "normal" }],
    [[""], "cancelled", { code: "cancelled" }],
    [['SIP;cause=200;text="Call completed elsewhere"'], "cancelled", { code: "answered-elsewhere", sip: 200 }],
    [["sip ; cause=200"], "cancelled", { code: "answered-elsewhere", sip: 200 }],
    [["SIP;cause=200"], "normal", { code: "normal", sip: 200 }],
    [['SIP;cause=480;text="away"'], "cancelled", { code: "cancelled", sip: 480, text: "away" }],
    [["Q.850;cause=16, SIP;cause=503"], "normal", { code: "normal", sip: 503, q850: 16 }],
    [["X.25;cause=9"], "normal", { code: "normal" }],
    [["Q.850;cause=many"], "normal", { code: "normal" }],
    [[';;;"<'], "normal", { code: "normal" }],
  ] as [string[], CauseCode, Cause][]) {
    it(`${JSON.stringify(reasons)} is ${cause.code}`, () => assert.deepEqual(causeOfReason(reasons, otherwise), cause));
  }
});

/** The status that refuses a call for each cause. */
const refusals: Readonly<Record<CauseCode, number>> = {
  normal: 480,
  busy: 486,
  declined: 603,
  "do-not-disturb": 480,
  "no-answer": 480,
  asleep: 480,
  "not-found": 404,
  unavailable: 480,
  "not-allowed": 403,
  "answered-elsewhere": 487,
  cancelled: 487,
  moved: 480,
  redirected: 480,
  "not-acceptable": 488,
  "media-failed": 488,
  "media-timeout": 480,
  "relay-lost": 503,
  "network-lost": 480,
  "peer-timeout": 408,
  "no-ack": 480,
  "blocked-number": 403,
  "emergency-not-supported": 380,
  "time-limit": 480,
  overload: 503,
  "server-error": 500,
  stopping: 503,
};

describe("the status of a refused call", () => {
  for (const code of causeCodes) {
    it(`for ${code} is ${refusals[code]}`, () => assert.equal(statusOfCause({ code }), refusals[code]));
  }

  for (const [sip, status] of [
    [486, 486],
    [606, 606],
    [607, 607],
    [302, 480],
    [200, 480],
    [401, 480], // our credentials are nobody else's business
    [407, 480],
    [9999, 480],
    [700, 480],
  ] as const) {
    it(`is ${status} when the network said ${sip}`, () => {
      assert.equal(statusOfCause({ code: "unavailable", sip }), status);
    });
  }
});

describe("the Reason that we send", () => {
  for (const [cause, reason] of [
    [{ code: "normal" }, undefined],
    [{ code: "cancelled" }, undefined],
    [{ code: "answered-elsewhere" }, 'SIP;cause=200;text="Call completed elsewhere"'],
    [{ code: "media-timeout" }, 'SIP;cause=480;text="media-timeout"'],
    [{ code: "declined", sip: 603 }, 'SIP;cause=603;text="declined"'],
  ] as [Cause, string | undefined][]) {
    it(`of ${cause.code} is ${reason ?? "none"}`, () => {
      assert.deepEqual(reasonOfCause(cause), reason === undefined ? {} : { Reason: reason });
    });
  }
});
