import type { Accounts } from "../directory/accounts.ts";
import { parseUserId } from "../directory/user-id.ts";
import { defaultRights } from "../switchboard/rights.ts";
import type { SessionSocket } from "./socket.ts";
import { TokenError, type Identity } from "./token.ts";

/**
 * The sign-in without a password, for a developer's own machine: only while no token key, password or provider is
 * configured, and only where peer, Host and Origin are all this machine (any web page may open a WebSocket to 127.0.0.1).
 * @throws TokenError
 */
export async function developmentSignIn(
  accounts: Accounts,
  enabled: boolean,
  text: string,
  socket: Pick<SessionSocket, "local">,
): Promise<Identity> {
  if (!enabled) throw new TokenError("token-refused", "development sign-in is off: another is configured");
  if (!socket.local) throw new TokenError("token-refused", "development sign-in from elsewhere");
  const user = parseUserId(text);
  const account = user && (await accounts.find(user));
  if (!account) throw new TokenError("token-refused", "no such account");
  const { id, name, role = "user" } = account;
  return {
    user: id,
    rights: defaultRights,
    ...(name !== undefined && { name }),
    ...(role !== "user" && { role }),
  };
}
