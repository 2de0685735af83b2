import { CodedError } from "../base/errors.ts";

/**
 * - `bad-sdp`: the text is not a session description, or too large.
 * - `no-common-codec`: it is one, but we share no codec with it.
 */
export class SdpError extends CodedError<"bad-sdp" | "no-common-codec"> {}
