import assert from "node:assert/strict";
import { type ClientUser, ClientTransaction } from "../../../gateway/sip-server/transaction/client-transaction.ts";
import { ServerTransaction } from "../../../gateway/sip-server/transaction/server-transaction.ts";
import { defaultTimers } from "../../../gateway/sip-server/transaction/timers.ts";
import type { Arrival, Flow } from "../../../gateway/sip-server/transport/flow.ts";
import { readEnvelope } from "../../../gateway/sip-syntax/envelope.ts";
import { parseMessage, type SipRequest } from "../../../gateway/sip-syntax/message.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const head = (method: string): string =>
  [
    "Via: SIP/2.0/UDP h;branch=z9hG4bK1",
    "From: <sip:a@b>;tag=f",
    "To: <sip:c@d>",
    "Call-ID: i",
    `CSeq: 7 ${method}`,
  ].join("\r\n");

function request(method: string): SipRequest {
  const message = parseMessage(Buffer.from(`${method} sip:c@d SIP/2.0\r\n${head(method)}\r\n\r\n`));
  assert.ok(message.kind === "request");
  return message;
}

/** A flow that notes when what was sent. */
class TestFlow implements Flow {
  readonly listener = { protocol: "udp", host: "127.0.0.1", port: 5060 } as const;
  readonly address = this.listener;
  readonly remote = { host: "127.0.0.2", port: 5060 };
  readonly open = true;
  readonly reliable: boolean;
  readonly sent: Array<{ at: number; line: string; text: string }> = [];
  failing = false;
  readonly #clock: VirtualClock;
  readonly #begin: number;

  constructor(clock: VirtualClock, reliable: boolean) {
    this.#clock = clock;
    this.#begin = clock.now();
    this.reliable = reliable;
  }

  send(bytes: Buffer, failed: () => void): void {
    const text = bytes.toString();
    this.sent.push({ at: this.#clock.now() - this.#begin, line: text.slice(0, text.indexOf("\r\n")), text });
    if (this.failing) this.#clock.after(0, failed);
  }

  get times(): number[] {
    return this.sent.map(({ at }) => at);
  }
}

function client(method: string, reliable = false) {
  const clock = new VirtualClock();
  const flow = new TestFlow(clock, reliable);
  const told: string[] = [];
  const user: ClientUser = {
    response: ({ message }) => void told.push(message.kind === "response" ? String(message.status) : ""),
    timeout: () => void told.push("timeout"),
    transportError: () => void told.push("transport error"),
    terminated: () => void told.push("terminated"),
  };
  const transaction = new ClientTransaction("key", request(method), flow, user, {
    clock,
    timers: defaultTimers,
    sent: () => {},
    answered: (one) => one.settle(),
    ended: () => {},
  });
  const receive = (status: number): void => {
    const message = parseMessage(
      Buffer.from(`SIP/2.0 ${status} X\r\n${head(method).replace("c@d>", "c@d>;tag=t")}\r\n\r\n`),
    );
    transaction.receive({ message, flow, size: 0 });
  };
  return { clock, flow, told, transaction, receive };
}

function server(method: string, reliable = false) {
  const clock = new VirtualClock();
  const flow = new TestFlow(clock, reliable);
  const told: string[] = [];
  const message = request(method);
  const arrival: Arrival = { message, flow, size: 0 };
  const transaction = new ServerTransaction("key", arrival, message, readEnvelope(message), {
    clock,
    timers: defaultTimers,
    respond: (_, bytes, failed) => flow.send(bytes, failed),
    responded: (one, status) => void (status >= 200 && one.settle()),
    ended: () => {},
  });
  transaction.user = {
    missingAck: () => void told.push("missing ACK"),
    transportError: () => void told.push("transport error"),
    terminated: () => void told.push("terminated"),
  };
  const respond = (status: number): void => transaction.respond(status, Buffer.from(`SIP/2.0 ${status} X\r\n\r\n`));
  return { clock, flow, told, transaction, respond };
}

const minute = 60_000;

describe("INVITE client transaction", () => {
  it("repeats at T1, 2·T1, 4·T1 … and times out after 64·T1 (RFC 3261 17.1.1.2)", () => {
    const { clock, flow, told, transaction } = client("INVITE");
    transaction.start();
    clock.advance(minute);
    assert.deepEqual(flow.times, [0, 500, 1500, 3500, 7500, 15500, 31500]);
    assert.deepEqual(told, ["timeout", "terminated"]);
    assert.equal(clock.pending, 0);
  });

  it("does not repeat over a reliable transport", () => {
    const { clock, flow, told, transaction } = client("INVITE", true);
    transaction.start();
    clock.advance(minute);
    assert.deepEqual([flow.times, told], [[0], ["timeout", "terminated"]]);
  });

  it("waits for ever once a provisional response came", () => {
    const { clock, flow, told, transaction, receive } = client("INVITE");
    transaction.start();
    receive(100);
    receive(180);
    clock.advance(10 * minute);
    assert.deepEqual([flow.times, told, transaction.state], [[0], ["100", "180"], "proceeding"]);
    assert.equal(clock.pending, 0);
  });

  it("acknowledges a failure and each copy of it until timer D (17.1.1.2, 17.1.1.3)", () => {
    const { clock, flow, told, transaction, receive } = client("INVITE");
    transaction.start();
    receive(486);
    receive(486);
    assert.deepEqual(
      flow.sent.map(({ line }) => line),
      ["INVITE sip:c@d SIP/2.0", "ACK sip:c@d SIP/2.0", "ACK sip:c@d SIP/2.0"],
    );
    const ack = flow.sent[1]?.text ?? "";
    assert.match(ack, /^Via: SIP\/2.0\/UDP h;branch=z9hG4bK1\r$/m);
    assert.match(ack, /^To: <sip:c@d>;tag=t\r$/m);
    assert.match(ack, /^CSeq: 7 ACK\r$/m);
    clock.advance(31_999);
    assert.equal(transaction.state, "completed");
    clock.advance(1);
    assert.deepEqual(told, ["486", "terminated"]);
    assert.equal(clock.pending, 0);
  });

  it("ends at once after a failure over a reliable transport (timer D is 0)", () => {
    const { told, transaction, receive, clock } = client("INVITE", true);
    transaction.start();
    receive(404);
    assert.deepEqual([told.sort(), transaction.state, clock.pending], [["404", "terminated"], "terminated", 0]);
  });

  it("hands up every 2xx until timer M (RFC 6026 7.2)", () => {
    const { clock, told, transaction, receive } = client("INVITE");
    transaction.start();
    receive(200);
    receive(200);
    receive(486);
    clock.advance(32_000);
    receive(200);
    assert.deepEqual(told, ["200", "200", "terminated"]);
    assert.equal(clock.pending, 0);
  });

  it("reports a transport error (17.1.4)", () => {
    const { clock, flow, told, transaction } = client("INVITE");
    flow.failing = true;
    transaction.start();
    clock.advance(1);
    assert.deepEqual([told, clock.pending], [["transport error", "terminated"], 0]);
  });
});

describe("non-INVITE client transaction", () => {
  it("repeats at T1, 2·T1 … T2 and times out after 64·T1 (RFC 3261 17.1.2.2)", () => {
    const { clock, flow, told, transaction } = client("OPTIONS");
    transaction.start();
    clock.advance(minute);
    assert.deepEqual(flow.times, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    assert.deepEqual([told, clock.pending], [["timeout", "terminated"], 0]);
  });

  it("repeats at T2 after a provisional response, and still times out", () => {
    const { clock, flow, told, transaction, receive } = client("OPTIONS");
    transaction.start();
    receive(100);
    clock.advance(minute);
    assert.deepEqual(flow.times.slice(0, 4), [0, 500, 4500, 8500]);
    assert.deepEqual(told, ["100", "timeout", "terminated"]);
  });

  it("absorbs copies of the answer until timer K", () => {
    const { clock, told, transaction, receive } = client("BYE");
    transaction.start();
    receive(200);
    receive(200);
    clock.advance(4_999);
    assert.equal(transaction.state, "completed");
    clock.advance(1);
    assert.deepEqual([told, clock.pending], [["200", "terminated"], 0]);
  });
});

describe("INVITE server transaction", () => {
  it("repeats its provisional response for each copy of the INVITE (RFC 3261 17.2.1)", () => {
    const { flow, transaction, respond } = server("INVITE");
    respond(100);
    transaction.step("request");
    respond(180);
    transaction.step("request");
    assert.deepEqual(
      flow.sent.map(({ line }) => line.slice(8, 11)),
      ["100", "100", "180", "180"],
    );
  });

  it("repeats a failure at T1, 2·T1 … T2 until the ACK, then waits for timer I", () => {
    const { clock, flow, told, transaction, respond } = server("INVITE");
    respond(486);
    clock.advance(8_000);
    assert.deepEqual(flow.times, [0, 500, 1500, 3500, 7500]);
    transaction.step("ACK");
    transaction.step("request");
    clock.advance(4_999);
    assert.equal(transaction.state, "confirmed");
    clock.advance(1);
    assert.deepEqual([flow.times.length, told, clock.pending], [5, ["terminated"], 0]);
  });

  it("gives up after 64·T1 without ACK (timer H)", () => {
    const { clock, told, respond } = server("INVITE");
    respond(486);
    clock.advance(32_000);
    assert.deepEqual([told, clock.pending], [["missing ACK", "terminated"], 0]);
  });

  it("absorbs copies after a 2xx and lets the core repeat it (RFC 6026 7.1)", () => {
    const { clock, flow, told, transaction, respond } = server("INVITE");
    respond(200);
    transaction.step("request");
    respond(200);
    respond(180);
    assert.deepEqual(
      flow.sent.map(({ line }) => line),
      ["SIP/2.0 200 X", "SIP/2.0 200 X"],
    );
    clock.advance(32_000);
    assert.deepEqual([told, clock.pending], [["terminated"], 0]);
  });

  it("sends nothing after a final failure", () => {
    const { flow, respond } = server("INVITE");
    respond(486);
    respond(200);
    assert.equal(flow.sent.length, 1);
  });
});

describe("non-INVITE server transaction", () => {
  it("is silent until the core answers, then repeats the answer until timer J (RFC 3261 17.2.2)", () => {
    const { clock, flow, told, transaction, respond } = server("OPTIONS");
    transaction.step("request");
    assert.equal(flow.sent.length, 0);
    respond(200);
    transaction.step("request");
    assert.equal(flow.sent.length, 2);
    clock.advance(32_000);
    assert.deepEqual([told, clock.pending], [["terminated"], 0]);
  });

  it("ends at once over a reliable transport (timer J is 0)", () => {
    const { told, clock, respond } = server("OPTIONS", true);
    respond(200);
    assert.deepEqual([told, clock.pending], [["terminated"], 0]);
  });
});

describe("settled transactions", () => {
  it("keep of a request only what its copies need", () => {
    const { transaction, respond } = server("INVITE");
    const { via, cseq } = transaction.envelope;
    let told = 0;
    transaction.user = { settled: () => void (told += transaction.request.headers.fields.length) };
    respond(200);
    assert.equal(told > 0, true, "its user is told before");
    assert.deepEqual([transaction.request.method, transaction.request.headers.fields.length], ["INVITE", 0]);
    assert.deepEqual([transaction.envelope.via.host, transaction.envelope.cseq], [via.host, cseq]);
    assert.equal(transaction.arrival.flow, transaction.flow);
  });

  it("forget what was sent, but not the ACK of a failure", () => {
    const { flow, transaction, receive } = client("INVITE");
    transaction.start();
    receive(486);
    assert.equal(transaction.request.headers.fields.length, 0);
    receive(486);
    const [, ack, again] = flow.sent;
    assert.match(ack?.text ?? "", /^ACK sip:/);
    assert.equal(again?.text, ack?.text);
  });
});
