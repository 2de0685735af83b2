import type { Json } from "../gateway/base/json.ts";
import { ClientError } from "./client-error.ts";

export interface CallOptions {
  /** Given to the application of the far end, at most 8 KiB as JSON. */
  readonly data?: Json;
  /** What to send; default the chosen microphone. `{audio: false}` only listens. A stream of your own is not stopped. */
  readonly media?: MediaStreamConstraints | MediaStream;
  /** Gives up a call that has not been answered yet. */
  readonly signal?: AbortSignal;
}

/** Options of the whole contract that this version does not have: a program that asks for them must hear of it. */
const later = ["video", "record", "headers"];

/** @throws ClientError `unsupported` */
export function refuseUnsupported(options: CallOptions): void {
  const asked = later.find((name) => (options as Record<string, unknown>)[name]);
  if (asked) throw new ClientError("unsupported", { text: `The option ${asked} is not there yet.` });
}
