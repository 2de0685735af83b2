import type { Clock } from "../../base/clock.ts";
import type { NoticeFact, RequestFact, ResponseFact, Sent } from "../dialog/core.ts";
import type { Flow } from "../transport/flow.ts";

/** The first lines of frames: what drachtio-srf reads by position. */

/** UTC as `HH:MM:SS.uuuuuu`. */
export function stackTime(clock: Clock): string {
  const ms = clock.now() % 86_400_000;
  const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(ms % 1000).padStart(3, "0")}000`;
}

export function requestLeader({ id, arrival, dialogId, inDialog }: RequestFact, time: string): string {
  const { listener } = arrival.flow;
  // Where it was received stands only on new requests.
  const received = inDialog ? "" : `${listener.host}|${listener.port}|`;
  return `sip|network|${arrival.size}|${peer(arrival.flow)}|${time}|${id}|${inDialog ? dialogId : ""}|${received}`;
}

export function factLeader(fact: ResponseFact | NoticeFact, source: "network" | "application", time: string): string {
  const from = fact.flow ? peer(fact.flow) : "||0";
  return `sip|${source}|${fact.size}|${from}|${time}|${fact.transactionId}|${fact.dialogId}|`;
}

/** The answer to a request that was sent. */
export function sentRequestLeader(sent: Sent, time: string): string {
  const { flow, size, transactionId } = sent;
  const { host, port } = flow.reliable ? flow.remote : flow.listener;
  return `OK|application|${size}|${flow.listener.protocol}|${host}|${port}|${time}|${transactionId}|Msg sent:|`;
}

/** The answer to a response that was sent: of another form, with the dialog. */
export function sentResponseLeader({ flow, size, transactionId, dialogId }: Sent, time: string): string {
  return `OK|application|${size}|${peer(flow)}|${time}|${transactionId}|${dialogId}||Msg sent:|`;
}

/** The answer to a `proxy` frame that tells a final response; more follow. */
export function proxiedResponseLeader(flow: Flow | undefined, size: number, time: string): string {
  return `OK|network|${size}|${flow ? peer(flow) : "||0"}|${time}|||continue`;
}

function peer({ listener, remote }: Flow): string {
  return `${listener.protocol}|${remote.host}|${remote.port}`;
}
