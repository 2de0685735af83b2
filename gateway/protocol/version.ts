/** WebSocket subprotocol of this contract: pages offer it. */
export const subprotocol = "offhook.1";

/**
 * What the gateway speaks, the newest first: its own, and that of the release before when it is another one. Of what a
 * page offers the newest is taken; a page that offers none of them is refused.
 */
export const subprotocols: readonly string[] = [subprotocol];

/** The presence group of everybody of a domain, softphones too. Pages join and watch it unless they name others. */
export const defaultGroup = "default";

/** Bounds that both sides know. Sizes in bytes of UTF-8 text unless said otherwise. */
export const limits = {
  /** One frame. */
  frame: 262_144,
  /** One session description. */
  description: 65_536,
  /** Application data with a call. */
  data: 8_192,
  /** The text of one message. */
  message: 16_384,
  /** One value of application data to a user or group, as JSON. */
  value: 65_536,
  /** Attachments of one message. */
  attachments: 10,
  /** One part of a file's upload. */
  part: 1_048_576,
  /** Members of one group, invited ones too. */
  members: 256,
  /** A display name, in characters. */
  displayName: 128,
  /** Any address: `name@domain`, telephone number, SIP URI; in characters. */
  address: 256,
  /** A token in `session.open`. */
  token: 16_384,
  /** Where a push service takes messages for one browser, in characters. */
  endpoint: 2_048,
  /** Events kept for a page that does not acknowledge them, and their bytes as JSON. */
  keptEvents: 1_000,
  keptBytes: 1_048_576,
  /** A short name or code, in characters. */
  word: 64,
  /** `call.report` frames of one call. */
  reports: 40,
  /** Name of a presence group, in characters. */
  group: 128,
  /** Presence groups that one session joins, and as many that it watches. */
  groups: 64,
  /** A user's own text beside the status, in characters. */
  note: 140,
  /** User data that is shared with those who watch. */
  userData: 8_192,
  /** Digits in one `call.dtmf`. */
  digits: 64,
  /** Whiteboards that one user may be in. */
  boards: 100,
  /** What lies on one whiteboard: how many elements, and their bytes as JSON, with the background. */
  elements: 5_000,
  boardBytes: 2_097_152,
  /** One change of a whiteboard, as JSON; elements that it puts there and takes away. */
  draw: 131_072,
  put: 200,
  remove: 500,
  /** Points of one stroke. */
  points: 2_000,
  /** Points of a laser pointer in one frame. */
  trail: 64,
  /** How far from its middle a board reaches, in its pixels. */
  far: 1_000_000,
  /** A picture on a whiteboard, as its address with all of it in; in characters. */
  picture: 98_304,
  /** A text on a whiteboard, in characters. */
  boardText: 2_000,
} as const;

/** Close codes that pages use (RFC 6455 7.4.2). Any other close code means that the page was left. */
export const closing = {
  /** The page gives up a connection that answers nothing any more, and comes back on another. */
  lost: 4000,
} as const;
