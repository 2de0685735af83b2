import type { Clock } from "../gateway/base/clock.ts";
import type { Link, LinkState } from "./link.ts";
import type { Platform } from "./platform.ts";
import type { AnswerType, Request } from "./requests.ts";

/**
 * A session's way to the gateway, for entry points of this library that come in files of their own, such as the
 * whiteboard's: they know the frames.
 */
export interface Channel {
  readonly clock: Clock;
  readonly state: LinkState;
  /** A new id: letters, digits, "-" and "_". */
  newId(): string;
  /**
   * Sends a request, and again when the connection breaks; its answer, which is of type `expected`.
   * @throws ClientError `unreachable` while there is no connection, or when the session is gone; else as refused
   */
  ask(request: { readonly type: string }, expected: string): Promise<object>;
  /** Calls `listener` with each event of the gateway; the returned function ends that. */
  onFact(listener: (fact: { readonly type: string }) => void): () => void;
  /**
   * Calls `listener` when the session is connected again: `resumed` with nothing missed, `opened` when it knows of
   * nothing any more. The returned function ends that.
   */
  onAgain(listener: (how: "resumed" | "opened") => void): () => void;
  /** Calls `listener` when the session is closed for good; the returned function ends that. */
  onClosed(listener: () => void): () => void;
}

export function channelOf(link: Link, platform: Platform): Channel {
  const { events } = link;
  return {
    clock: platform.clock,
    newId: () => platform.newId(),
    get state() {
      return link.state;
    },
    ask: (request, expected) => link.request(request as Request, expected as AnswerType, (answer) => answer),
    onFact: (listener) => events.on("fact", listener),
    onAgain: (listener) => {
      const offs = [events.on("opened", () => listener("opened")), events.on("resumed", () => listener("resumed"))];
      return () => offs.forEach((off) => off());
    },
    onClosed: (listener) =>
      events.on("state", (state) => {
        if (state === "closed") listener();
      }),
  };
}
