export type Retry = "never" | "now" | "later" | "after-user-action";

interface Words {
  readonly text: string;
  readonly hint: string;
}

interface Kind extends Words {
  readonly retry: Retry;
  /** What is known to lie behind it, when that is known: each says more exactly what happened and what to do. */
  readonly details?: Readonly<Record<string, Words>>;
}

/** Every error of the library, by its code. */
export const kinds = {
  "insecure-context": {
    text: "This page may not use the microphone because it came over plain http.",
    hint: "Serve the page over https, or open it on localhost.",
    retry: "never",
  },
  "microphone-denied": {
    text: "The microphone is switched off for this page.",
    hint: "Allow the microphone in the address bar of the browser, then call again.",
    retry: "after-user-action",
    details: {
      user: {
        text: "The user does not let this page use the microphone.",
        hint: "Allow the microphone in the address bar of the browser, then call again.",
      },
      dismissed: {
        text: "The browser asked for the microphone, and its question was closed without an answer.",
        hint: "Call again and answer the browser's question.",
      },
      "iframe-allow": {
        text: "This page is in a frame that was not given the microphone.",
        hint: 'Put allow="microphone" on the iframe element of the page around it.',
      },
      "permissions-policy": {
        text: "The Permissions-Policy header of this page forbids the microphone.",
        hint: "Send Permissions-Policy: microphone=(self) with the page.",
      },
      system: {
        text: "The operating system does not let the browser use the microphone.",
        hint: "Allow the microphone for the browser in the privacy settings of the system.",
      },
    },
  },
  "microphone-missing": {
    text: "No microphone was found.",
    hint: "Plug one in, then call again.",
    retry: "after-user-action",
  },
  "microphone-busy": {
    text: "The microphone cannot be opened: another program may hold it.",
    hint: "Close the other program, then call again.",
    retry: "after-user-action",
  },
  "playback-blocked": {
    text: "The browser does not play sound before somebody touched the page.",
    hint: "Call devices.startAudio() in a click.",
    retry: "after-user-action",
  },
  "local-network-blocked": {
    text: "The browser does not let this page reach the local network, where the gateway is.",
    hint: "Allow access to the local network for this page in the address bar, then connect again.",
    retry: "after-user-action",
  },
  "token-expired": { text: "The token has expired.", hint: "Get a new token and connect again.", retry: "now" },
  "token-refused": {
    text: "The token was refused.",
    hint: "Check signature, audience, issuer and subject of the token.",
    retry: "never",
  },
  "origin-refused": {
    text: "The gateway does not serve pages of this origin.",
    hint: "Add the origin to the configuration of the gateway.",
    retry: "never",
  },
  "not-allowed": {
    text: "This account may not do that.",
    hint: "The calls claim of the token says what it may.",
    retry: "never",
    details: {
      "file-type": {
        text: "The gateway takes no files of this type.",
        hint: "Its operator says in files.types what passes; the content decides, not the name.",
      },
      "file-denied": {
        text: "The gateway's check does not let this file pass.",
        hint: "Ask whoever runs the program behind files.checkUrl.",
      },
    },
  },
  "bad-target": {
    text: "That is not an address that can be called.",
    hint: 'Use {user}, {tel} or {sip}, or text that begins with "+", "tel:", "sip:" or "user:".',
    retry: "never",
  },
  unreachable: {
    text: "The gateway does not answer.",
    hint: "Check the network; an open session tries again by itself.",
    retry: "later",
    details: {
      offline: {
        text: "This device is not connected to any network.",
        hint: "Connect it; an open session comes back by itself.",
      },
      csp: {
        text: "The Content-Security-Policy of this page forbids the connection to the gateway.",
        hint: "Add the gateway's wss: address to connect-src.",
      },
      "socket-blocked": {
        text: "The browser refuses to open this connection at all.",
        hint: "Use a wss: address: a page that came over https may not open ws:, and some ports are forbidden.",
      },
    },
  },
  "ice-failed": {
    text: "No sound can pass between this browser and the relay.",
    hint: "A firewall may block UDP to the media ports of the gateway.",
    retry: "later",
    details: {
      "loopback-only": {
        text: "No sound can pass: the gateway's relay has no other address than 127.0.0.1, which browsers do not use.",
        hint: "Connect the gateway's machine to a network, or set media.addresses, and start the gateway again.",
      },
      "no-candidate": {
        text: "No sound can pass: the browser found no network for it.",
        hint: "Connect this device to a network; a VPN or a privacy extension may also hide it from the browser.",
      },
      "udp-blocked": {
        text: "No sound can pass: packets between this browser and the relay are lost.",
        hint: "Let a firewall pass UDP to the media ports of the gateway (media.portMin to media.portMax).",
      },
      policy: {
        text: "No sound can pass: a policy keeps the browser from direct connections.",
        hint: "Change the browser's WebRTC IP handling policy, or iceTransportPolicy, or offer a TURN server.",
      },
      "no-pair": {
        text: "No sound can pass: browser and relay have no kind of address in common.",
        hint: "Give the relay an address of the browser's kind (IPv4 or IPv6) with media.addresses.",
      },
    },
  },
  unavailable: {
    text: "Nobody is there to take it.",
    hint: "Send it when the other side is there; presence tells when.",
    retry: "later",
  },
  "rate-limited": { text: "That was too often.", hint: "Wait a moment, then try again.", retry: "later" },
  aborted: { text: "Given up before it was done.", hint: "Nothing to do: it was stopped on purpose.", retry: "never" },
  unsupported: {
    text: "That is not possible here.",
    hint: "See the documentation of this version.",
    retry: "never",
    details: {
      "too-large": {
        text: "That is larger than the gateway takes.",
        hint: "Send less at once; files.maxMegabytes bounds files.",
      },
    },
  },
} as const satisfies Record<string, Kind>;

type Kinds = typeof kinds;
export type ErrorCode = keyof Kinds;

type DetailsOf<K> = K extends { readonly details: infer D } ? keyof D : never;
/** What can be known behind each code; `never` where there is nothing more to say. */
export type ErrorDetailOf<Code extends ErrorCode> = Code extends ErrorCode ? DetailsOf<Kinds[Code]> : never;
/** All details of all codes: a closed list. */
export type ErrorDetail = ErrorDetailOf<ErrorCode>;

export const errorCodes = Object.keys(kinds) as ErrorCode[];

/** The details that `code` can come with. */
export function detailsOf(code: ErrorCode): ErrorDetail[] {
  const { details = {} }: Kind = kinds[code];
  return Object.keys(details) as ErrorDetail[];
}

/** What is said of `code`, more exactly when `detail` is known. */
export function wordsOf(code: ErrorCode, detail?: ErrorDetail): Words & { readonly retry: Retry } {
  const kind: Kind = kinds[code];
  return { retry: kind.retry, text: kind.text, hint: kind.hint, ...(detail && kind.details?.[detail]) };
}
