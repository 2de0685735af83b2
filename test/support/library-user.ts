import assert from "node:assert/strict";
import type { Tab } from "./tab.ts";
import { until } from "./until.ts";

/** What everybody in a tab needs: the library as other sites load it, and what each user has been told. */
const prepared = `(async () => {
  window.people ??= {};
  window.lib ??= await import("/client.js");
  window.boards ??= await import("/whiteboard.js");
  window.enter ??= async (name, options) => {
    const session = await lib.connect(options);
    const seen = { messages: [], changed: [], receipts: [], typing: [], data: [], groups: [], states: [], incoming: 0 };
    const who = (peer) => peer.target.user;
    session.messages.on("message", ({ from, text }) => seen.messages.push(who(from) + ": " + text));
    session.messages.on("changed", ({ text }) => seen.changed.push(text ?? "gone"));
    session.messages.on("receipt", ({ state, by }) => seen.receipts.push(state + " " + who(by)));
    session.messages.on("typing", ({ from }) => seen.typing.push(who(from)));
    session.messages.on("group", (event) => seen.groups.push(event));
    session.data.on("data", ({ from, group, value }) => seen.data.push({ from: who(from), group, value }));
    session.subscribe(() => {
      const { state } = session.view();
      if (seen.states.at(-1) !== state) seen.states.push(state);
    });
    const contact = (user) => session.presence.view().contacts.find(({ target }) => target.user === user);
    people[name] = { session, seen, contact };
  };
})()`;

/** Somebody who uses the library in a browser. Scripts see `session`, `seen`, `contact(user)` and what they keep in `me`. */
export class LibraryUser {
  readonly name: string;
  readonly user: string;
  readonly #tab: Tab;

  private constructor(tab: Tab, user: string) {
    this.#tab = tab;
    this.user = user;
    this.name = user.split("@")[0] ?? user;
  }

  /** Signs in, in a page of the gateway that the tab shows. `options` are those of `connect`, as a script. */
  static async enter(tab: Tab, user: string, options: string): Promise<LibraryUser> {
    await tab.evaluate(prepared);
    const one = new LibraryUser(tab, user);
    await tab.evaluate(`enter(${JSON.stringify(one.name)}, { user: ${JSON.stringify(user)}, ...(${options}) })`);
    return one;
  }

  /** Runs the body of an asynchronous function in the page; what it returns must be JSON. */
  do<T = unknown>(body: string): Promise<T> {
    return this.#tab.evaluate(`(async () => {
      const me = people[${JSON.stringify(this.name)}];
      const { session, seen, contact } = me;
      ${body}
    })()`) as Promise<T>;
  }

  /** Waits until the expression is `wanted`. */
  async sees(what: string, expression: string, wanted: unknown, withinMs = 10_000): Promise<void> {
    let last: unknown;
    const look = async (): Promise<boolean> => {
      last = await this.do(`return ${expression}`);
      return JSON.stringify(last) === JSON.stringify(wanted);
    };
    await until(`${this.name}: ${what}`, look, withinMs).catch(() =>
      assert.deepEqual(last, wanted, `${this.name}: ${what}`),
    );
  }

  /** What `body` is refused with: the error's code, or "none". */
  refused(body: string): Promise<string> {
    return this.do(
      `return (async () => { ${body} })().then(() => "none", ({ code, retryAfterMs }) => retryAfterMs === undefined ? code : code + ", later")`,
    );
  }

  leave(): Promise<unknown> {
    return this.do("await session.close()");
  }
}
