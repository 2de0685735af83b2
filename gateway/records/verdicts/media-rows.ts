import { cause, type VerdictRow } from "./row.ts";
import {
  sides,
  browserOf,
  talked,
  isHeard,
  isSealed,
  silentSide,
  otherOf,
  hidden,
  onlySilence,
  isWeak,
  weakest,
} from "./sound.ts";
import { count, seconds, capital, place } from "./wording.ts";

/** What became of the sound of a call that was answered. */
export const mediaRows: readonly VerdictRow[] = [
  {
    code: "no-microphone",
    severity: "failure",
    when: ({ report }) => report.problem?.startsWith("microphone-") === true,
    title: "The browser had no microphone",
    text: ({ report }) => `The page reported ${report.problem}${report.detail ? ` (${report.detail})` : ""}.`,
    advice: ["Allow the microphone for the page, and check that no other program holds it."],
  },
  {
    code: "ice-failed",
    severity: "failure",
    when: (facts) =>
      facts.report.problem === "ice-failed" ||
      (silentSide(facts, "browser") !== undefined && !facts.report.paired && !facts.report.received),
    title: "Browser and relay did not find each other (ICE)",
    text: (facts) =>
      `Not one packet came from ${browserOf(facts)?.name ?? "the browser"}, and it reported no pair of addresses that works${facts.report.detail ? ` (${facts.report.detail})` : ""}.`,
    advice: [
      "Let the firewall pass UDP to the relay's ports (`media.portMin` to `media.portMax`).",
      "Check that the relay announces an address that the browser reaches (`media.addresses`).",
    ],
  },
  {
    code: "dtls-failed",
    severity: "failure",
    when: (facts) => facts.report.problem === "dtls-failed" || isSealed(facts),
    title: "Browser and relay did not agree on keys (DTLS)",
    text: "They found each other, but the DTLS handshake failed, so no sound could be decrypted.",
    advice: ["Look at rtpengine's log for DTLS.", "A proxy that changes fingerprints in descriptions breaks this."],
  },
  {
    code: "no-audio",
    severity: "failure",
    when: (facts) => talked(facts) && !sides(facts).some(isHeard),
    title: "No audio at all",
    text: (facts) => `In ${seconds(facts.talkMs)} not one packet came, from neither side.`,
    advice: ["Check that both sides reach the relay's address and ports.", "Check `media.addresses`."],
  },
  {
    code: "private-address",
    severity: "failure",
    when: (facts) => hidden(facts) !== undefined,
    title: (facts) => `One-way audio: nothing arrived from ${hidden(facts)?.name}`,
    text: (facts) => {
      const side = hidden(facts);
      const other = otherOf(facts, side);
      return `${capital(other.name)} sent ${count(other.packets)} packets and the relay passed all of them on. In ${seconds(facts.talkMs)} not one packet came back from ${side ? place(side) : ""}. Its description says ${side?.hiddenAddress}, a private address, while its signalling comes from ${side?.address}.`;
    },
    advice: [
      "Have the other side announce its public address in SDP, or switch its NAT support on.",
      "Check that its firewall lets RTP out.",
    ],
  },
  {
    code: "no-audio-from-sip",
    severity: "failure",
    when: (facts) => silentSide(facts, "sip") !== undefined,
    title: (facts) => `One-way audio: nothing arrived from ${silentSide(facts, "sip")?.name}`,
    text: (facts) => {
      const side = silentSide(facts, "sip") ?? facts.callee;
      const other = otherOf(facts, side);
      return `${capital(other.name)} sent ${count(other.packets)} packets and the relay passed them on. In ${seconds(facts.talkMs)} not one packet came back from ${place(side)}.`;
    },
    advice: [
      "Check that the other side reaches the relay's address and port in our description.",
      "A firewall or SIP ALG on its way may drop RTP.",
    ],
  },
  {
    code: "no-audio-from-browser",
    severity: "failure",
    when: (facts) => silentSide(facts, "browser") !== undefined,
    title: (facts) => `One-way audio: nothing arrived from ${silentSide(facts, "browser")?.name}`,
    text: (facts) => {
      const side = silentSide(facts, "browser") ?? facts.caller;
      const other = otherOf(facts, side);
      return `Browser and relay had found each other, but in ${seconds(facts.talkMs)} not one packet of sound came from ${side.name}. ${capital(other.name)} sent ${count(other.packets)}.`;
    },
    advice: ["Check the microphone of the browser.", "Look at chrome://webrtc-internals while it happens."],
  },
  {
    code: "no-audio-to-browser",
    severity: "failure",
    when: (facts) =>
      talked(facts) && facts.report.received === 0 && (otherOf(facts, browserOf(facts)).packets ?? 0) > 50,
    title: (facts) => `One-way audio: nothing arrived at ${browserOf(facts)?.name ?? "the browser"}`,
    text: (facts) => {
      const other = otherOf(facts, browserOf(facts));
      return `The relay had ${count(other.packets)} packets from ${other.name}, but the browser received none of them.`;
    },
    advice: ["Check the firewall between relay and browser.", "Check that the relay has the codec: see its log."],
  },
  {
    code: "media-timeout",
    severity: "failure",
    when: cause("media-timeout"),
    title: (facts) =>
      `Sound stopped coming from ${facts.silent.includes("caller") ? facts.caller.name : facts.callee.name}`,
    text: (facts) =>
      `Nothing came from there for the whole of \`media.timeout\`, so the call was ended after ${seconds(facts.talkMs)}.`,
    advice: ["The phone or its network has gone without hanging up.", "If that was a mute: have it send silence."],
  },
  {
    code: "only-silence",
    severity: "warning",
    when: (facts) => talked(facts) && (facts.report.problem === "silence" || sides(facts).some(onlySilence)),
    title: (facts) =>
      `${capital((sides(facts).find(onlySilence) ?? browserOf(facts) ?? facts.caller).name)} sent nothing but silence`,
    text: (facts) => {
      const side = sides(facts).find(onlySilence) ?? browserOf(facts) ?? facts.caller;
      return `${count(side.packets)} packets came, all as small as silence is. The microphone was muted or the wrong one.`;
    },
    advice: ["Check which microphone the page uses, and its mute switch."],
  },
  {
    code: "weak-network",
    severity: "warning",
    when: (facts) => talked(facts) && (sides(facts).some(isWeak) || isWeak(facts.report)),
    title: (facts) => `Weak network at ${weakest(facts).name}`,
    text: (facts) => {
      const { lossPercent, jitterMs, mos } = weakest(facts);
      const figures = [
        lossPercent === undefined ? "" : `${lossPercent} % of the packets were lost`,
        jitterMs === undefined ? "" : `jitter was ${Math.round(jitterMs)} ms`,
        mos === undefined ? "" : `the estimated quality is ${mos.toFixed(1)} of 5`,
      ];
      return `${capital(figures.filter(Boolean).join(", "))}.`;
    },
    advice: ["Use a cable or a nearer access point.", "`media.webCodecs: opus` holds better on a lossy link."],
  },
];
