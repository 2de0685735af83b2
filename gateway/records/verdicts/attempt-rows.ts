import type { VerdictRow } from "./row.ts";

/** What the refused INVITE asked for, by status. */
const refusals: Readonly<Record<number, string>> = {
  415: "its description is not SDP, or is encoded",
  420: "it requires an extension of SIP that we do not know",
  483: "it has passed too many servers, so that it seems to go in circles",
};

/** An INVITE or `call.start` that never became a call. */
export const attemptRows: readonly VerdictRow[] = [
  {
    code: "wrong-password",
    severity: "failure",
    when: ({ attempt }) => attempt?.refusal === "password",
    title: "Wrong password",
    text: ({ attempt }) => `The phone at ${attempt?.address} proved itself with a password or user name that is wrong.`,
    advice: [
      "Type user name, domain and password into the phone anew.",
      "If you do not know the address, somebody is guessing: block it.",
    ],
  },
  {
    code: "no-password",
    severity: "failure",
    when: ({ attempt }) => attempt?.refusal === "no-password",
    title: "The phone sent no password",
    text: ({ attempt }) => `The phone at ${attempt?.address} was asked for its password and did not come back.`,
    advice: ["Set user name and password in the phone.", "Check that it knows one of SHA-256 and MD5 digest."],
  },
  {
    code: "unknown-caller",
    severity: "failure",
    when: ({ attempt }) => attempt?.refusal === "unknown-caller",
    title: "Unknown caller",
    text: ({ attempt }) =>
      `The INVITE from ${attempt?.address} names no user of ours, and no trunk has this address; it was answered 403.`,
    advice: [
      "A phone of yours: set its domain to one that the gateway serves.",
      "A trunk of yours: its address must be the one that calls come from.",
      "Otherwise it is a scanner, and nothing needs to be done.",
    ],
  },
  {
    code: "bad-target",
    severity: "failure",
    when: ({ attempt }) => attempt?.refusal === "bad-target",
    title: "Nobody is called that",
    text: ({ called, attempt }) => `${called} leads to no user and no number; it was answered ${attempt?.status}.`,
    advice: ["For a trunk: add the called number to its `inbound` table.", "For a phone: check what was dialled."],
  },
  {
    code: "not-understood",
    severity: "failure",
    when: ({ attempt }) => attempt?.refusal === "not-understood",
    title: "The call asks for what we cannot do",
    text: ({ attempt }) => `${attempt?.address} was answered ${attempt?.status}: ${refusals[Number(attempt?.status)]}.`,
    advice: [
      "420: switch the extension off there that the answer lists.",
      "483: two systems forward calls to each other.",
    ],
  },
  {
    code: "token-expired",
    severity: "failure",
    when: ({ attempt, causeText }) => attempt?.status === "token-expired" || causeText === "token-expired",
    title: "The token has expired",
    text: "The page tried to call after its token had expired, and was refused.",
    advice: ["Renew the token when `session.expiring` comes, or give `connect` a function that fetches a fresh one."],
  },
  {
    code: "call-refused",
    severity: "failure",
    when: ({ attempt }) => attempt?.refusal === "frame",
    title: "The page's call was refused",
    text: ({ attempt }) => `The gateway refused \`call.start\` with \`${attempt?.status}\`.`,
    advice: ["The documentation of errors has an entry for each code."],
  },
];
