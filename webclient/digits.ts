import { limits } from "../gateway/protocol/version.ts";
import { ClientError } from "./client-error.ts";

/** RFC 4733 3.2: the sixteen tones. The comma is a pause of a second. */
const tones = /^[0-9*#A-D,]+$/;

/** `digits` in pieces that fit into a frame. @throws ClientError `unsupported` */
export function digitFrames(digits: string): string[] {
  const upper = digits.toUpperCase();
  if (!tones.test(upper)) {
    throw new ClientError("unsupported", {
      text: "These are not digits.",
      hint: "Use 0-9 * # A-D, and , for a pause.",
    });
  }
  return upper.match(new RegExp(`.{1,${limits.digits}}`, "g")) ?? [];
}
