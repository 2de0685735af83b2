import type { Account, Accounts } from "../directory/accounts.ts";
import type { Lockout } from "./lockout.ts";
import type { OidcProvider } from "./oidc-provider.ts";
import type { OidcTickets } from "./oidc-tickets.ts";
import type { SignedIn, SignInDesk } from "./sign-in-desk.ts";
import { SignInError } from "./sign-in-error.ts";

export interface OidcDeskParts {
  readonly providers: readonly OidcProvider[];
  readonly tickets: OidcTickets;
  readonly accounts: Accounts;
  readonly lockout: Lockout;
  readonly desk: SignInDesk;
}

/** Signs in whom an OpenID provider vouches for. */
export class OidcDesk {
  readonly #parts: OidcDeskParts;

  constructor(parts: OidcDeskParts) {
    this.#parts = parts;
  }

  /** What a sign-in page offers. */
  get offers(): readonly { readonly id: string; readonly name: string }[] {
    return this.#parts.providers.map(({ settings: { id, name } }) => ({ id, name }));
  }

  /** How long a browser may take at its provider: milliseconds. */
  get ticketLife(): number {
    return this.#parts.tickets.life;
  }

  /** Where to send the browser, and its cookie's text until it is back; undefined when there is no such provider. */
  async begin(id: string, redirectUri: string): Promise<{ url: string; sealed: string } | undefined> {
    const provider = this.#provider(id);
    if (!provider) return undefined;
    const { url, ticket } = await provider.begin(redirectUri);
    return { url, sealed: await this.#parts.tickets.seal(ticket) };
  }

  /** @throws SignInError `oidc-refused`, `oidc-unavailable`, `not-invited`, `locked` */
  async finish(id: string, callback: URL, sealed: string | undefined, address: string): Promise<SignedIn> {
    const provider = this.#provider(id);
    const ticket = sealed === undefined ? undefined : await this.#parts.tickets.unseal(sealed);
    if (!provider || ticket?.provider !== id) throw new SignInError("oidc-refused");
    const attempt = this.#parts.lockout.try(address);
    const person = await provider.finish(callback, ticket).catch((fault: unknown) => {
      if (fault instanceof SignInError && fault.code === "oidc-unavailable") attempt.undo();
      throw fault;
    });
    attempt.right();
    if (!person) throw new SignInError("not-invited");
    if (provider.settings.create) await this.#takeIn(person);
    return this.#parts.desk.admit(person.id);
  }

  async #takeIn(person: Pick<Account, "id" | "name">): Promise<void> {
    const known = await this.#parts.accounts.find(person.id);
    if (!known) await this.#parts.accounts.add(person);
  }

  #provider(id: string): OidcProvider | undefined {
    return this.#parts.providers.find(({ settings }) => settings.id === id);
  }
}
