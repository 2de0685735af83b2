import { messageOf } from "../../base/errors.ts";
import { userKey } from "../../directory/user-id.ts";
import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { TokenError } from "../token.ts";
import { ok, refused } from "./answers.ts";

/** A fresh token of the same subject; another subject is refused and changes nothing. */
export async function sessionRenew(
  session: SessionContext,
  { id, token }: ClientFrameOf<"session.renew">,
): Promise<Answer> {
  const now = session.identity;
  try {
    const identity = await session.parts.verify(token);
    if (!now || userKey(identity.user) !== userKey(now.user))
      throw new TokenError("token-refused", "the token is somebody else's");
    session.identify({ ...identity, ...(now.name !== undefined && identity.name === undefined && { name: now.name }) });
    return ok(id);
  } catch (fault) {
    session.parts.log.warn("token refused", { session: session.id, why: messageOf(fault) });
    return refused(id, fault instanceof TokenError ? fault.code : "server-error", "The token is not accepted.");
  }
}
