import { cause, type VerdictRow } from "./row.ts";
import { seconds, capital, said, who, endedSide } from "./wording.ts";

/** How a call ended that had sound. */
export const endingRows: readonly VerdictRow[] = [
  {
    code: "page-lost",
    severity: "warning",
    when: (facts) =>
      facts.cause === "network-lost" && facts.end?.by !== "system" && endedSide(facts).channel === "browser",
    title: (facts) => `${capital(endedSide(facts).name)} was lost`,
    text: "The page was closed, or its connection to the gateway broke.",
    advice: ["If the user did not close it: check the network of the page, and proxies that cut idle WebSockets."],
  },
  {
    code: "peer-lost",
    severity: "warning",
    when: cause("network-lost"),
    title: (facts) => `${capital(endedSide(facts).name)} was lost in the call`,
    text: (facts) => `It did not answer any more, or said that it knows no such call (${said(facts)}).`,
    advice: ["Look whether the other side restarted."],
  },
  {
    code: "media-failed",
    severity: "failure",
    when: cause("media-failed"),
    title: "The sound could not be set up",
    text: ({ causeText, relayFailure }) =>
      `The relay or a side refused a description: ${causeText || relayFailure || "no reason"}.`,
    advice: ["The steps show which description it was.", "Look at the log of rtpengine."],
  },
  {
    code: "time-limit",
    severity: "ok",
    when: cause("time-limit"),
    title: "As long as a guest may call",
    text: ({ talkMs }) => `The call was ended after ${seconds(talkMs)}, the longest that its application key allows.`,
    advice: [],
  },
  {
    code: "server-error",
    severity: "failure",
    when: cause("server-error", "overload"),
    title: "A server failed",
    text: (facts) =>
      facts.final && facts.final.status >= 400
        ? `${capital(who(facts))} said ${said(facts)}.`
        : `Something failed in the gateway${facts.causeText ? `: ${facts.causeText}` : ""}. Its log has the reference.`,
    advice: ["Search the gateway's log for the reference of this call."],
  },
  {
    code: "running",
    severity: "ok",
    when: ({ end, attempt }) => end === undefined && attempt === undefined,
    title: "The call is going on",
    text: "What it comes to is known when it has ended.",
    advice: [],
  },
  {
    code: "normal",
    severity: "ok",
    when: () => true,
    title: "Nothing was wrong",
    text: ({ talkMs, end, caller, callee }) =>
      `They talked for ${seconds(talkMs)}; ${end?.by === "caller" ? caller.name : end?.by === "callee" ? callee.name : "the gateway"} ended the call.`,
    advice: [],
  },
];
