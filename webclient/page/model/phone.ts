import type { Session, Target } from "../../index.ts";
import { addressOf } from "../../target.ts";
import { dialTarget } from "../numbers/dial-target.ts";
import { homeCountry, PhoneNumbers } from "../numbers/phone-numbers.ts";
import { Ringer } from "../sound/ringer.ts";
import { locale } from "../words/words.ts";
import { Availability } from "./availability.ts";
import { Boards } from "./boards.ts";
import { Chats } from "./chats.ts";
import { restoreDevices } from "./device-choices.ts";
import { Door, type Visitor } from "./door.ts";
import { ofBrowser } from "./memory.ts";
import { MessageSearch } from "./message-search.ts";
import { Notices } from "./notices.ts";
import { People } from "./people.ts";
import { Places } from "./places.ts";
import { Preferences } from "./preferences.ts";
import { Stage } from "./stage.ts";
import { Waking } from "./waking.ts";

/** What the page shows and all that can be done on it, by concern. No HTML in here, and none of this in the views. */
export class Phone {
  readonly preferences = new Preferences(ofBrowser, navigator.languages);
  readonly notices = new Notices();
  readonly places = new Places(window);
  readonly numbers = new PhoneNumbers();
  readonly ringer = new Ringer();
  readonly availability = new Availability(this.preferences);
  readonly door = new Door(this.notices, () => this.availability.wishes);
  readonly stage = new Stage(this);
  readonly chats = new Chats(this.notices);
  readonly search = new MessageSearch();
  readonly boards = new Boards(this.notices, this.places);
  readonly waking = new Waking(this.notices);
  readonly people = new People(
    (number) => this.numbers.canonical(number),
    () => new Intl.Collator(locale()),
  );

  constructor() {
    const { preferences, places, numbers, stage, people, door } = this;
    preferences.subscribe(() => this.#obey());
    places.on("moved", () => stage.show(false));
    numbers.subscribe(() => people.refresh());
    door.on("opened", (session) => this.#adopt(session));
    this.#obey();
  }

  get session(): Session | undefined {
    return this.door.view().session;
  }

  signIn(visitor: Visitor): Promise<void> {
    return this.door.signIn(visitor);
  }

  /** What is called then is no business of this browser any more. */
  async signOut(): Promise<void> {
    await this.waking.forget();
    await this.door.signOut();
  }

  /** What a text calls that somebody typed or pasted. */
  decision(text: string): Target | undefined {
    const ownDomain = this.session?.view().user.split("@")[1] ?? "";
    const contacts = this.people.view().people.map(({ name, lines: [{ target }] }) => ({ name, target }));
    return dialTarget(text, { ownDomain, contacts });
  }

  /** @returns whether the text was something that can be called */
  dial(text: string): boolean {
    const target = this.decision(text);
    if (target) void this.stage.call(target);
    else if (text.trim()) this.notices.show({ about: "bad-target", text });
    return target !== undefined;
  }

  /** How people call that target: its owner's name when it is known. */
  nameOf(target: Target): string {
    return this.people.of(target)?.name ?? addressOf(target);
  }

  /** What a test number does; empty for others. */
  about(address: string): string {
    return this.door.view().welcome?.testNumbers.find(({ number }) => number === address)?.text ?? "";
  }

  #adopt(session: Session): void {
    this.stage.adopt(session);
    this.people.adopt(session);
    this.availability.adopt(session);
    this.chats.adopt(session);
    this.search.adopt(session);
    this.boards.adopt(session);
    this.waking.adopt(session, this.preferences.view().spoken);
    session.on("problem", (problem) => this.notices.tell(problem));
    session.devices.on("blocked", (what) => {
      if (what === "playback") this.notices.blockSound(true);
    });
    session.devices.on("lost", ({ label }) => this.notices.show({ about: "device-lost", text: label }));
    void this.numbers.load(homeCountry(navigator.language));
    void session.calls.history().catch(() => {});
    restoreDevices(session.devices, this.preferences);
    session.devices.subscribe(() => this.ringer.use(session.devices.view().chosen.ring));
  }

  #obey(): void {
    this.ringer.volume(this.preferences.view().ringVolume);
    this.people.refresh();
  }
}
