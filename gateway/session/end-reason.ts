import type { Cause, CauseCode } from "../call/cause.ts";
import type { EndReason } from "../protocol/causes.ts";

/** What the browser is told of a cause: reason and an English text that says what happened and what to do. */
const table: Readonly<Record<CauseCode, readonly [EndReason, string]>> = {
  normal: ["normal", "The call has ended."],
  busy: ["busy", "They are on another call. Try again in a while."],
  declined: ["declined", "They declined the call."],
  "do-not-disturb": ["declined", "They do not want to be disturbed now. Try again later."],
  "no-answer": ["no-answer", "Nobody answered. Try again later."],
  asleep: ["no-answer", "They were told that you call, but did not come. Try again later."],
  "not-found": ["not-found", "Nobody has this name or number. Check how it is written."],
  unavailable: ["unavailable", "They cannot be reached right now. Try again later."],
  "not-allowed": ["not-allowed", "You may not call this. Ask whoever runs this gateway for the right to."],
  "answered-elsewhere": ["answered-elsewhere", "The call was answered on another device."],
  cancelled: ["cancelled", "The caller hung up before anybody answered."],
  moved: ["moved", "The call went on on another device."],
  redirected: ["unavailable", "They want to be called at another address, which you may not call from here."],
  "not-acceptable": ["media-failed", "The two sides share no way to send sound."],
  "media-failed": ["media-failed", "The sound could not be set up. Try again."],
  "media-timeout": ["media-failed", "No sound came from one side any more."],
  "relay-lost": ["media-failed", "The media relay has stopped. Call again in a moment."],
  "network-lost": ["network-lost", "The connection was lost."],
  "peer-timeout": ["unavailable", "The other side does not respond."],
  "no-ack": ["network-lost", "The other side stopped responding while the call was set up."],
  "blocked-number": ["blocked-number", "The call was blocked on the way."],
  "emergency-not-supported": [
    "emergency-not-supported",
    "This phone cannot reach emergency services. Use a mobile phone.",
  ],
  "time-limit": ["time-limit", "The call has lasted as long as it may here. Call again to go on."],
  overload: ["overload", "The gateway has too many calls. Try again in a moment."],
  "server-error": ["server-error", "Something failed on our side. Try again, and give support the reference."],
  stopping: ["server-error", "The gateway is being stopped."],
};

export function endReasonOf(cause: Cause): { reason: EndReason; text: string } {
  const [reason, text] = table[cause.code];
  return { reason, text };
}
