import { cause, type VerdictRow } from "./row.ts";
import { seconds, capital, said, who, codecsOf } from "./wording.ts";

/** What the called side said, or did not say. */
export const refusalRows: readonly VerdictRow[] = [
  {
    code: "trunk-password",
    severity: "failure",
    when: ({ final, challenged }) =>
      final !== undefined && (final.status === 401 || final.status === 407 || (challenged && final.status === 403)),
    title: (facts) => `Wrong password towards ${who(facts)}`,
    text: (facts) => `${capital(who(facts))} asked who we are and refused our answer: ${said(facts)}.`,
    advice: ["Check `username` and `password` of the trunk.", "Ask the operator whether the account is blocked."],
  },
  {
    code: "no-ack",
    severity: "failure",
    when: cause("no-ack"),
    title: ({ caller }) => `${capital(caller.name)} never acknowledged the answer`,
    text: ({ caller }) =>
      `We answered with 200 and repeated it, but no ACK came from ${caller.address ?? "there"}. Usually our Contact cannot be reached from there.`,
    advice: [
      "Check that the caller reaches the address in our Contact; a NAT or a SIP ALG may change or drop the ACK.",
      "Set `sip.addresses` to an address that the caller can reach.",
    ],
  },
  {
    code: "codec-mismatch",
    severity: "failure",
    when: ({ final, cause: code }) =>
      code === "not-acceptable" || final?.status === 488 || final?.status === 606 || final?.status === 415,
    title: "No common codec",
    text: (facts) => {
      const { warning } = facts.final ?? {};
      return `${capital(who(facts))} refused our description (${said(facts)}${warning ? `; ${warning}` : ""}). The caller offers ${codecsOf(facts.caller)}.`;
    },
    advice: [
      "Set `codecs` of the trunk's profile to what the other side has.",
      "Check that both sides agree on encryption (RTP or SRTP).",
    ],
  },
  {
    code: "no-response",
    severity: "failure",
    when: (facts) => !facts.answered && (facts.cause === "peer-timeout" || facts.final?.status === 408),
    title: (facts) => `${capital(who(facts))} never answered the INVITE`,
    text: (facts) => `We repeated the INVITE for 64·T1 and nothing came back from ${facts.callee.address ?? "there"}.`,
    advice: [
      "Check address, port and transport of the far side, and the firewall between.",
      "A softphone: its binding may be old; let it register again.",
    ],
  },
  {
    code: "not-refreshed",
    severity: "failure",
    when: (facts) => facts.cause === "peer-timeout" && facts.answered,
    title: "The call ended because the far end was gone",
    text: "A session timer (RFC 4028) ran: a refresh had no answer, or the side that had to send it did not.",
    advice: ["Check whether the far device lost its network.", "Check that re-INVITE and UPDATE reach both sides."],
  },
  {
    code: "busy",
    severity: "ok",
    when: cause("busy"),
    title: "Busy",
    text: (facts) => `${capital(who(facts))} is on another call.`,
    advice: [],
  },
  {
    code: "declined",
    severity: "ok",
    when: cause("declined"),
    title: "Declined",
    text: (facts) => `Somebody declined the call on ${who(facts)}.`,
    advice: [],
  },
  {
    code: "do-not-disturb",
    severity: "ok",
    when: cause("do-not-disturb"),
    title: "Do not disturb",
    text: (facts) => `${capital(who(facts))} had set "do not disturb" on a page: nothing rang.`,
    advice: [],
  },
  {
    code: "answered-elsewhere",
    severity: "ok",
    when: cause("answered-elsewhere"),
    title: "Answered elsewhere",
    text: "Another device took the call.",
    advice: [],
  },
  {
    code: "cancelled",
    severity: "ok",
    when: cause("cancelled"),
    title: "The caller hung up first",
    text: ({ ringMs, rang }) =>
      rang ? `It rang for ${seconds(ringMs)} when the caller gave up.` : "The caller gave up before anything rang.",
    advice: [],
  },
  {
    code: "no-answer",
    severity: "ok",
    when: cause("no-answer"),
    title: "Nobody answered",
    text: ({ ringMs }) => `It rang for ${seconds(ringMs)}.`,
    advice: [],
  },
  {
    code: "asleep",
    severity: "note",
    when: cause("asleep"),
    title: "Browsers were woken, and nobody came",
    text: ({ called, ringMs }) =>
      `${called} had no open page and no registered phone. A notification was sent by Web Push, and no page opened within ${seconds(ringMs)}.`,
    advice: [
      "The device may be off, or its system holds notifications back.",
      "`push.wait` says how long a call waits.",
    ],
  },
  {
    code: "not-woken",
    severity: "note",
    when: ({ cause: code, causeText }) => code === "unavailable" && causeText === "no browser could be woken",
    title: "No browser could be woken",
    text: ({ called }) =>
      `${called} had no open page and no registered phone, and no push service took our notification.`,
    advice: [
      "The gateway must reach push services by https: look for `push service away` and `push refused` in its log.",
      "Let the user switch on ringing while the page is closed once more.",
    ],
  },
  {
    code: "no-route",
    severity: "failure",
    when: ({ unrouted, cause: code, causeText }) =>
      unrouted && code === "not-found" && /trunk|number|address/.test(causeText),
    title: "No way leads there",
    text: ({ called, causeText }) => `${called} was not called: ${causeText}.`,
    advice: ["Configure a trunk that serves the caller's domain.", "Check the number as it was dialled."],
  },
  {
    code: "not-found",
    severity: "failure",
    when: cause("not-found"),
    title: "Nobody there has that name or number",
    text: (facts) =>
      facts.unrouted
        ? `There is no user ${facts.called}.`
        : `${capital(who(facts))} does not know ${facts.called}: ${said(facts)}.`,
    advice: [
      "Check how name or number is written.",
      "A trunk: compare its number format with what the operator wants.",
    ],
  },
  {
    code: "not-allowed",
    severity: "failure",
    when: cause("not-allowed"),
    title: "Not allowed",
    text: (facts) =>
      facts.unrouted
        ? `The caller has no right to call ${facts.called}${facts.causeText ? ` (${facts.causeText})` : ""}.`
        : `${capital(who(facts))} does not let us call ${facts.called}: ${said(facts)}.`,
    advice: ["Our own rule: see the token's `calls` claim and `dial.allow`.", "Theirs: ask the operator."],
  },
  {
    code: "blocked-number",
    severity: "failure",
    when: cause("blocked-number"),
    title: "Blocked on the way",
    text: (facts) => `The network says that the call is not wanted: ${said(facts)}.`,
    advice: ["Ask the operator why calls with this caller number are blocked (RFC 8197, RFC 8688)."],
  },
  {
    code: "redirected",
    severity: "note",
    when: cause("redirected", "moved"),
    title: "Sent elsewhere",
    text: (facts) => `${capital(who(facts))} wants the call at another address, which may not be called from here.`,
    advice: ["Only phones of our own users may send their calls on."],
  },
  {
    code: "unavailable",
    severity: "note",
    when: cause("unavailable"),
    title: "Cannot be reached now",
    text: (facts) =>
      facts.unrouted
        ? `${facts.called} has no open page and no registered phone.`
        : `${capital(who(facts))} said ${said(facts)}.`,
    advice: ["Sign in on a page, or register a phone."],
  },
];
