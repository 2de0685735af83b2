import { stringify } from "yaml";
import type { Role } from "../directory/accounts.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import { hashPassword } from "../identity/password.ts";
import { ha1Of } from "../sip/digest.ts";

export interface NewAccount {
  readonly user: UserId;
  readonly role: Role;
  readonly name?: string;
}

/** The lines of the configuration file that make an account with this password, for the page and for softphones. */
export async function accountLines({ user, role, name }: NewAccount, password: string): Promise<string> {
  const ha1 = ha1Of(user.name, user.domain, password);
  const account = {
    user: printUserId(user),
    ...(name !== undefined && { name }),
    ...(role !== "user" && { role }),
    password: await hashPassword(password),
    sip: { md5: ha1.MD5, sha256: ha1["SHA-256"] },
  };
  return stringify({ accounts: [account] }, { lineWidth: 0 });
}
