import { createHmac } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/log.ts";

/** A file that wants to pass. */
export interface CheckedFile {
  readonly fileId: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** `name@domain` of who sends it. */
  readonly by: string;
  /** Where its content can be fetched for a while; a path when the gateway does not know its public address. */
  readonly url: string;
}

/** Whether a file may pass. Never rejects. */
export type CheckFile = (file: CheckedFile) => Promise<boolean>;

export interface FileCheckSettings {
  readonly url: string;
  readonly secret: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** What counts when no answer comes, or none that can be read. */
  readonly otherwise: "deny" | "allow";
}

/**
 * Asks a program of the operator, such as a virus scanner, by a POST of JSON. `Offhook-Signature: t=SECONDS,v1=HEX` is
 * the HMAC-SHA-256 of `SECONDS.BODY` by the shared secret. The answer is 200 with `{"pass": true}` or `false`.
 */
export function fileCheck(settings: FileCheckSettings, clock: Clock, log: Logger): CheckFile {
  const { url, timeout, otherwise } = settings;
  return async (file) => {
    const body = JSON.stringify(file);
    try {
      const reply = await fetch(url, {
        method: "POST",
        body,
        redirect: "error",
        headers: {
          "content-type": "application/json",
          "offhook-signature": signature(settings.secret, clock.now(), body),
        },
        signal: AbortSignal.timeout(timeout),
      });
      const answer: unknown = reply.status === 200 ? await reply.json() : undefined;
      if (isRecord(answer) && typeof answer["pass"] === "boolean") return answer["pass"];
      throw new Error(`status ${reply.status}`);
    } catch (fault) {
      log.warn("file not checked", { file: file.fileId, counts: otherwise, fault: messageOf(fault) });
      return otherwise === "allow";
    }
  };
}

function signature(secret: string, now: number, body: string): string {
  const seconds = Math.floor(now / 1000);
  const hex = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${hex}`;
}
