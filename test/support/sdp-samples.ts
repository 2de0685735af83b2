/** A telephone's description: PCMU, PCMA and key presses at `port` of loopback. */
export const phoneOffer = (port = 4000, direction = "sendrecv"): string =>
  [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=phone",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    `m=audio ${port} RTP/AVP 0 8 101`,
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-15",
    `a=${direction}`,
    "",
  ].join("\r\n");
