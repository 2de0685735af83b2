import type { SignInDesk } from "../identity/sign-in-desk.ts";
import { TokenError, type Identity } from "../session/token.ts";
import type { Authorize, Principal } from "./principal.ts";
import type { SignInCookie } from "./sign-in-cookie.ts";

export interface AuthorizeParts {
  readonly desk: SignInDesk;
  readonly cookie: SignInCookie;
  /** @throws TokenError */
  verify(token: string): Promise<Identity>;
}

/** Reads who sends a request: a token first (RFC 6750 2.1), else the cookie. A token that does not hold is nobody's. */
export function authorizer({ desk, cookie, verify }: AuthorizeParts): Authorize {
  return async (request) => {
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token !== undefined) return verify(token).then(principalOf, nobody);
    const account = await desk.who(cookie.read(request));
    return account && { user: `${account.id.name}@${account.id.domain}`, role: account.role ?? "user" };
  };
}

const principalOf = ({ user, role }: Identity): Principal => ({
  user: `${user.name}@${user.domain}`,
  role: role ?? "user",
});

function nobody(fault: unknown): undefined {
  if (!(fault instanceof TokenError)) throw fault;
  return undefined;
}
