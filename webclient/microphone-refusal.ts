import type { ErrorDetailOf } from "./error-kinds.ts";
import type { Platform } from "./platform.ts";

type Refusal = ErrorDetailOf<"microphone-denied">;

/** What can be seen when getUserMedia was refused. */
export interface RefusalSigns {
  /** What the browser wrote. */
  readonly message: string;
  /** Whether the policies of the page let it have the microphone, where the browser says so. */
  readonly policy: boolean | undefined;
  /** The page is in a frame, and what is around it could have given it the microphone. */
  readonly framed: boolean;
  /** A microphone is listed, be it without name. */
  readonly listed: boolean;
  /** What the browser remembers of the user's answer, after it refused. */
  readonly permission: PermissionState | undefined;
}

/**
 * Who refused the microphone. Browsers give one and the same error for all of these (Media Capture 10.2), so it is told
 * by what else they show: Chromium says what the policies are; Firefox knows no policy but the frame's, and does not
 * list the devices that a frame was not given (Media Capture 9.2).
 */
export function refusalOf({ message, policy, framed, listed, permission }: RefusalSigns): Refusal {
  if (policy === false) return framed ? "iframe-allow" : "permissions-policy";
  if (policy === undefined && framed && !listed) return "iframe-allow";
  if (/\bsystem\b/i.test(message)) return "system";
  if (/\bdismissed\b/i.test(message)) return "dismissed";
  if (permission === "granted") return "system";
  return permission === "prompt" ? "dismissed" : "user";
}

/** Looks for the signs. */
export async function whyRefused(platform: Platform, message: string): Promise<Refusal> {
  const devices = await platform.media?.enumerateDevices().catch(() => []);
  return refusalOf({
    message,
    ...platform.microphonePolicy(),
    listed: devices?.some(({ kind }) => kind === "audioinput") ?? false,
    permission: await platform.permission("microphone"),
  });
}
