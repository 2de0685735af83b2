import type { Role } from "../directory/accounts.ts";

export type { Role } from "../directory/accounts.ts";

const roles: readonly Role[] = ["user", "support", "operator"];

/** Whether `role` includes the rights of `wanted`. */
export function includesRole(role: Role, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted);
}

/** The highest role of a token's `roles` claim; what we do not know counts for nothing. */
export function roleOf(claim: unknown): Role {
  const named = Array.isArray(claim) ? claim : [];
  return [...roles].reverse().find((role) => named.includes(role)) ?? "user";
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
