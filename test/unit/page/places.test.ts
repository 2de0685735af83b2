import assert from "node:assert/strict";
import { Places } from "../../../webclient/page/model/places.ts";

/** A window whose address can be changed; `hashchange` comes when the test says so, as in a busy browser. */
class AddressBar extends EventTarget {
  readonly location = { hash: "" };

  change(hash = this.location.hash): void {
    this.location.hash = hash;
    this.dispatchEvent(new Event("hashchange"));
  }
}

describe("places", () => {
  const opened = () => {
    const bar = new AddressBar();
    const places = new Places(bar as unknown as Window);
    const moves: string[] = [];
    places.on("moved", ({ tab, item }) => void moves.push(`${tab} ${item}`.trim()));
    return { bar, places, moves };
  };

  it("move once when the page goes there, however late the browser tells it", () => {
    const { bar, places, moves } = opened();
    places.go("recents");
    assert.equal(bar.location.hash, "#/recents");
    bar.change();
    bar.change();
    assert.deepEqual(moves, ["recents"]);
  });

  it("move with links and the browser's Back, also to where the page went before", () => {
    const { bar, places, moves } = opened();
    places.go("contacts", "user:bob");
    bar.change();
    bar.change("#/keypad");
    bar.change("#/contacts/user%3Abob");
    bar.change("#/nowhere");
    assert.deepEqual(moves, ["contacts user:bob", "keypad", "contacts user:bob", "recents"]);
  });
});
