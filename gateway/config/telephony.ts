import { Type } from "@sinclair/typebox";
import { count, list, ms, port, section, text } from "./kinds.ts";

// Sections of the configuration for calls, SIP and media.

export const sip = section({
  port: port(5060, "UDP and TCP port of SIP"),
  webSocketPort: port(0, "TCP port of SIP over WebSocket (RFC 7118)"),
  tlsCert: text(
    "PEM file of the certificate, with its chain, of SIP over TLS and WSS; with it both are served. It is read again when it changes",
  ),
  tlsKey: text("PEM file of the certificate's private key"),
  tlsPort: port(5061, "TCP port of SIP over TLS, where there is a certificate"),
  secureWebSocketPort: port(0, "TCP port of SIP over secure WebSocket, where there is a certificate"),
  tlsCa: text("PEM file of who may have signed peers' certificates; without it, the authorities that Node.js knows"),
  tlsClientCerts: Type.Union([Type.Literal("none"), Type.Literal("ask"), Type.Literal("require")], {
    default: "none",
    description: "Certificates of who connects by TLS: none, ask, require",
  }),
  addresses: list(["auto"], "Addresses of SIP; auto is loopback and the machine's primary address"),
  announce: text("IP address that SIP peers are told instead, where a NAT stands between"),
  t1: ms(500, "RFC 3261 T1, the round-trip estimate; other timers follow it"),
  t2: ms(4000, "RFC 3261 T2"),
  t4: ms(5000, "RFC 3261 T4"),
  minExpires: count(60, "Shortest registration, in seconds; shorter is refused with 423"),
  maxExpires: count(7200, "Longest registration, in seconds"),
  nonceLife: ms(300_000, "How long a phone may use one digest nonce"),
  drachtio: text("host:port of a drachtio-compatible SIP server; without it one is started"),
  drachtioSecret: text("its secret"),
  maxUnanswered: count(
    10_000,
    "INVITEs without a final answer above which a started SIP server answers new requests with 503",
  ),
  maxLag: ms(200, "How far the gateway may lag behind before its SIP server answers new requests with 503"),
  maxBusy: ms(500, "How long a started SIP server may work without a pause before it answers new requests with 503"),
  retryAfter: count(5, "What the Retry-After of these 503 says, in seconds"),
  rateLimit: Type.Integer({
    minimum: 0,
    default: 500,
    description: "SIP messages a second from one address (0: any number)",
  }),
  trustedNetworks: list(
    ["private"],
    "Peers without such a limit, as 192.0.2.0/24; private is all private addresses. Trunks with an IP address are among them",
  ),
  dropScanners: Type.Boolean({
    default: false,
    description: "Answers nothing to programs that look for open telephone systems, such as friendly-scanner",
  }),
  sessionExpires: Type.Integer({
    minimum: 0,
    maximum: 86_400,
    default: 1800,
    description:
      "After how many seconds a call is over whose ends no longer answer (RFC 4028; asked for by a started SIP server; 0: never)",
  }),
  minSessionExpires: count(90, "The least of that which is granted to others, in seconds; no more than sessionExpires"),
  hep: text("host:port of a Homer collector; a started SIP server copies every message to it (HEP3, UDP)"),
  hepId: count(2001, "Capture agent that it is there"),
  hepPasswordFile: text("file with the password of the collector"),
  linger: ms(600_000, "How long a SIP server that we started stays when no gateway uses it"),
});

export const media = section({
  rtpengines: list([], "host:port of the ng port of each media relay; without any one is started"),
  dtmfListen: text("host:port on which relays that we did not start report key presses (their --dtmf-log-dest)"),
  addresses: list(["auto"], "Addresses that a started relay uses"),
  announce: text("IP address that a started relay tells instead of its first, where a NAT stands between"),
  portMin: Type.Integer({
    minimum: 1024,
    maximum: 65_535,
    default: 30_000,
    description: "First UDP port of a started relay",
  }),
  portMax: Type.Integer({
    minimum: 1024,
    maximum: 65_535,
    default: 39_999,
    description: "Last UDP port of a started relay",
  }),
  timeout: ms(60_000, "A call from whose leg nothing came for so long is ended"),
  webCodecs: Type.Union([Type.Literal("follow"), Type.Literal("opus")], {
    default: "follow",
    description: "What browsers get: the peer's codec when they have it, or always Opus",
  }),
});

export const call = section({
  ringTimeout: ms(60_000, "How long a call rings"),
  maxCalls: count(2000, "Calls at once; more are refused with overload"),
  startsPerMinute: count(60, "Calls that one session may start in a minute"),
  callMePerHour: count(6, "How often Call me rings one telephone number in an hour, whoever asks"),
  framesPerSecond: count(50, "Frames that one session may send in a second, on average"),
});

export const dial = section({
  allow: list(
    [],
    "SIP address patterns, such as sip:*@example.org, that users may call when their token does not say otherwise",
  ),
  emergency: list(
    ["112", "911", "999", "110", "113", "15", "17", "18"],
    "Numbers refused by name when no trunk serves them",
  ),
});
