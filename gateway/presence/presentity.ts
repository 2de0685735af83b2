import type { Account } from "../directory/accounts.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { ContactInfo } from "../protocol/values.ts";
import { defaultGroup } from "../protocol/version.ts";
import type { Page } from "./page.ts";
import { mostAvailable, seenStatus, type Said } from "./status.ts";

/** A user as others see them (RFC 2778 2.1): all sessions and softphones together are one contact. */
export class Presentity {
  readonly user: UserId;
  readonly pages = new Set<Page>();
  /** Where it was seen when last told. */
  readonly seenIn = new Set<string>();
  account: Account | undefined;
  phones = 0;
  #seen: ContactInfo | undefined;
  #offline: ContactInfo | undefined;

  constructor(user: UserId) {
    this.user = user;
  }

  /** What was seen of it last, in whatever group. */
  get seen(): ContactInfo | undefined {
    return this.#seen;
  }

  /** What its sessions said, of those that are here, as far as it counts. */
  get said(): Said | undefined {
    return saidBy(this.#here);
  }

  get #here(): readonly Page[] {
    const here = [...this.pages].filter((page) => page.here);
    const open = here.filter(({ leaving }) => !leaving);
    return open.length > 0 ? open : here;
  }

  /** Nobody could see it, and nothing of it is kept. */
  get isGone(): boolean {
    return this.pages.size === 0 && this.phones === 0 && !this.account;
  }

  /** Groups in which it may be seen now, or was. */
  get groups(): ReadonlySet<string> {
    return new Set([defaultGroup, ...this.seenIn, ...[...this.pages].flatMap(({ joined }) => [...joined])]);
  }

  /**
   * What is seen of it, by group name. Accounts stay in the default group when they are offline. A contact that is as
   * it was is the same object.
   */
  look(talks: boolean): (group: string) => ContactInfo | undefined {
    const here = this.#here;
    // Who talks is seen on, though the page's connection may be lost: its sound goes another way.
    const counted = talks ? [...this.pages] : here;
    const said = saidBy(counted);
    const status = seenStatus(said?.status, { talks, here: here.length + this.phones > 0 });
    const offline = (this.#offline = same(this.#offline, this.#contact({ status: "offline", pages: 0, phones: 0 })));
    const userData = latest(here);
    const more = {
      ...(said?.note ? { note: said.note } : {}),
      ...(userData !== undefined && { userData }),
    };
    const seen = (this.#seen = same(
      this.#seen,
      this.#contact({ status, pages: here.length, phones: this.phones, ...more }),
    ));
    return (group) => {
      const isDefault = group === defaultGroup;
      const isIn = counted.some(({ joined }) => joined.has(group));
      if (status !== "offline" && (isIn || (isDefault && this.phones > 0))) return seen;
      return isDefault && this.account ? offline : undefined;
    };
  }

  #contact(now: Pick<ContactInfo, "status" | "pages" | "phones" | "note" | "userData">): ContactInfo {
    const name = [...this.pages].find((page) => page.name !== undefined)?.name ?? this.account?.name;
    const numbers = this.account?.numbers;
    return {
      target: { user: printUserId(this.user) },
      can: ["call"],
      ...now,
      ...(name !== undefined && { name }),
      ...(numbers && { numbers }),
    };
  }
}

const saidBy = (pages: readonly Page[]): Said | undefined => mostAvailable(pages.flatMap(({ said }) => said ?? []));

/** What was written last. */
function latest(pages: readonly Page[]): unknown {
  return pages.flatMap(({ data }) => data ?? []).sort((a, b) => b.turn - a.turn)[0]?.value;
}

function same(before: ContactInfo | undefined, now: ContactInfo): ContactInfo {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}
