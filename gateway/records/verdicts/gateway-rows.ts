import { cause, type VerdictRow } from "./row.ts";

/** What the gateway could not or would not do. */
export const gatewayRows: readonly VerdictRow[] = [
  {
    code: "emergency-number",
    severity: "failure",
    when: cause("emergency-not-supported"),
    title: "Emergency number that nobody serves",
    text: ({ called }) => `${called} is an emergency number, and no trunk of the caller's domain is there to carry it.`,
    advice: ["Configure a trunk that serves emergency calls.", "Tell users to call for help by a mobile phone."],
  },
  {
    code: "overload",
    severity: "failure",
    when: (facts) => facts.cause === "overload" && !facts.answered,
    title: "Too many calls at once",
    text: "The gateway had as many calls as `call.maxCalls` lets it have.",
    advice: ["Look at the gauge `offhook_calls`.", "Raise `call.maxCalls` if the machine bears it, or add a gateway."],
  },
  {
    code: "gateway-stopped",
    severity: "warning",
    when: cause("stopping"),
    title: "The gateway was stopped",
    text: "The call was ended because the gateway was stopped.",
    advice: ["Let calls end before a restart."],
  },
  {
    code: "sip-server-lost",
    severity: "failure",
    when: ({ causeText }) => /SIP server (lost|is not connected)/.test(causeText),
    title: "The SIP server was lost",
    text: "The connection between gateway and SIP server went, and the SIP side of the call with it.",
    advice: ["Look at the log of the SIP server.", "`offhook_sip_server_up` tells whether it is back."],
  },
  {
    code: "relay-lost",
    severity: "failure",
    when: cause("relay-lost"),
    title: "The media relay was lost",
    text: ({ relayFailure }) =>
      `The relay that carried the sound stopped or was not there${relayFailure ? ` (${relayFailure})` : ""}.`,
    advice: ["Look at the log of rtpengine.", "`offhook_relay_up` tells whether one answers again."],
  },
];
