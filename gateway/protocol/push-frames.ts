import { Type } from "@sinclair/typebox";
import { pushLanguages } from "./push-values.ts";
import { request } from "./request.ts";
import { limits } from "./version.ts";

/** RFC 8030 5: where a push service takes messages for one browser. */
const Endpoint = Type.String({
  minLength: 1,
  maxLength: limits.endpoint,
  pattern: "^https?://[^\\s\\u0000-\\u001f]+$",
});

/** Whether browsers can be woken, and with which key. Answered by `push`. */
export const PushShow = request("push.show", {});

/**
 * From now on this browser is woken by Web Push when the user is called, or written to, and has no open page. The same
 * endpoint again renews it.
 */
export const PushSubscribe = request("push.subscribe", {
  endpoint: Endpoint,
  /** RFC 8291 2: the browser's public key (P-256, uncompressed), and its secret: base64url. */
  p256dh: Type.String({ pattern: "^[\\w-]{87}=?$" }),
  auth: Type.String({ pattern: "^[\\w-]{22}(==)?$" }),
  /** When the push service ends it: milliseconds since the epoch. */
  expiresAt: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  /** What the notifications speak; default the page's own choice. */
  language: Type.Optional(Type.Union(pushLanguages.map((language) => Type.Literal(language)))),
});

/** Ends that. Answered by `ok`, also when there was none. */
export const PushUnsubscribe = request("push.unsubscribe", { endpoint: Endpoint });

export const all = [PushShow, PushSubscribe, PushUnsubscribe] as const;
