import type { FastifyRequest } from "fastify";
import type { Role } from "../identity/role.ts";

export { includesRole, type Role } from "../identity/role.ts";

/** Who sends an HTTP request. */
export interface Principal {
  /** `name@domain` */
  readonly user: string;
  readonly role: Role;
}

/** Reads the `Authorization: Bearer` token or the session cookie; undefined when there is none that holds. */
export type Authorize = (request: FastifyRequest) => Promise<Principal | undefined>;
