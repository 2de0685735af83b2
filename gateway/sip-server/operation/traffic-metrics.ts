import type { Emitter } from "../../base/emitter.ts";
import type { Metrics } from "../../base/metrics.ts";
import type { CoreEvents } from "../dialog/core.ts";
import type { TransactionLayer } from "../transaction/transaction-layer.ts";
import type { TransportLayer } from "../transport/transport-layer.ts";

export interface Traffic {
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly core: Emitter<CoreEvents>;
}

/** Counts messages as they come and go, and times calls. Labels are of closed sets, whatever peers send. */
export function countTraffic(metrics: Metrics, { transport, transactions, core }: Traffic): void {
  const requests = metrics.counter("offhook_sip_requests_total", "Requests, without retransmissions", [
    "direction",
    "method",
  ]);
  const responses = metrics.counter("offhook_sip_responses_total", "Responses, without retransmissions", [
    "direction",
    "method",
    "code",
  ]);
  const again = metrics.counter("offhook_sip_retransmissions_total", "Messages received or sent again", ["direction"]);
  const bad = metrics.counter("offhook_sip_bad_messages_total", "Messages that lack what they must have");
  transactions.events.on("traffic", (kind, spelling, status) => {
    const method = methods.has(spelling) ? spelling : "other";
    if (kind === "bad") bad.add({});
    else if (kind === "in again" || kind === "out again") again.add({ direction: kind === "in again" ? "in" : "out" });
    else if (status === 0) requests.add({ direction: kind, method });
    else responses.add({ direction: kind, method, code: codeOf(status) });
  });
  const refused = metrics.counter("offhook_sip_turned_away_total", "Messages and connections turned away", [
    "why",
    "transport",
  ]);
  transport.events.on("refused", (why, protocol) => refused.add({ why, transport: protocol }));
  transactions.events.on("refused", (why) => refused.add({ why, transport: "" }));
  core.on("refused", (why) => refused.add({ why, transport: "" }));
  const refreshes = metrics.counter("offhook_sip_session_refreshes_total", "Session refreshes sent (RFC 4028)");
  const expired = metrics.counter("offhook_sip_sessions_expired_total", "Calls ended that nobody refreshed");
  core.on("session", (what) => (what === "refreshed" ? refreshes : expired).add({}));
  const garbage = metrics.counter("offhook_sip_garbage_total", "Bytes that are no SIP message", ["transport"]);
  transport.events.on("garbage", (protocol) => garbage.add({ transport: protocol }));
  const setUp = metrics.histogram("offhook_sip_setup_seconds", "From INVITE to 18x and to 200", buckets, [
    "direction",
    "milestone",
  ]);
  transactions.events.on("set up", (direction, milestone, ms) => setUp.observe({ direction, milestone }, ms / 1000));
}

/** From what a machine needs to how long people let it ring. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

const methods: ReadonlySet<string> = new Set(
  "INVITE ACK BYE CANCEL OPTIONS REGISTER PRACK UPDATE INFO MESSAGE NOTIFY SUBSCRIBE PUBLISH REFER".split(" "),
);

/** IANA's registry of response codes. */
const codes: ReadonlySet<number> = new Set(
  (
    "100 180 181 182 183 199 200 202 204 300 301 302 305 380 400 401 402 403 404 405 406 407 408 410 412 413 414 415 " +
    "416 417 420 421 422 423 424 425 428 429 430 433 436 437 438 439 440 469 470 480 481 482 483 484 485 486 487 488 " +
    "489 491 493 494 500 501 502 503 504 505 513 555 580 600 603 604 606 607 608"
  )
    .split(" ")
    .map(Number),
);

function codeOf(status: number): string {
  return codes.has(status) ? String(status) : `${Math.floor(status / 100)}xx`;
}
