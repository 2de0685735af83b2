import { messageOf } from "../gateway/base/errors.ts";
import { ClientError, type ErrorCode } from "./client-error.ts";
import { whyRefused } from "./microphone-refusal.ts";
import type { Platform } from "./platform.ts";

/** Media Capture 10.2: the names of what getUserMedia rejects with. */
const rejections: Record<string, ErrorCode> = {
  NotAllowedError: "microphone-denied",
  SecurityError: "microphone-denied",
  NotFoundError: "microphone-missing",
  OverconstrainedError: "microphone-missing",
  NotReadableError: "microphone-busy",
  AbortError: "microphone-busy",
};

const nameOf = (thrown: unknown): string => (thrown as { name?: unknown } | null)?.name?.toString() ?? "";

/**
 * Opens what `constraints` ask for.
 * @throws ClientError `microphone-denied` | `microphone-missing` | `microphone-busy` | `insecure-context` | `unsupported`
 */
export async function capture(platform: Platform, constraints: MediaStreamConstraints): Promise<MediaStream> {
  if (!platform.media) throw new ClientError(platform.secure ? "unsupported" : "insecure-context");
  try {
    return await platform.media.getUserMedia(constraints);
  } catch (cause) {
    const code = rejections[nameOf(cause)] ?? "unsupported";
    const detail = code === "microphone-denied" ? await whyRefused(platform, messageOf(cause)) : undefined;
    throw new ClientError(code, { detail, cause });
  }
}
