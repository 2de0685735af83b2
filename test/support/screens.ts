import type { PageSite } from "./page-site.ts";
import { signInSimulated, welcome } from "./page-site.ts";

/** A screen of the page and the way to it: what the gateway says, then a script in the page. */
export interface Screen {
  readonly name: string;
  readonly welcome?: PageSite["welcome"];
  /** Signed in, first-run check done. */
  readonly signedIn?: boolean;
  /** Runs in the page; true once the screen stands. */
  readonly ready: string;
  readonly act?: string;
  /** Has no time and no level in it: compared with what was committed. */
  readonly stable?: boolean;
}

/** The first element that fits, through all shadow roots; `host >> inside` looks in the host's. */
export const pageTools = `window.find = (path, root = document) => {
  const [selector, ...inside] = path.split(" >> ");
  const found = root.querySelector(selector) ?? [...root.querySelectorAll("*")]
    .map((host) => host.shadowRoot && find(selector, host.shadowRoot)).find(Boolean) ?? null;
  return found && inside.length > 0 ? find(inside.join(" >> "), found.shadowRoot) : found;
};
window.press = (selector) => find(selector)?.click();`;

const at = (place: string) => `location.hash = "#/${place}"`;
const item = (id: string): string => encodeURIComponent(id);
const inState = (state: string): string => `!!find("[data-testid=call][data-state=${state}]")`;
const password = { ...welcome, development: null, signIn: { ...welcome.signIn, password: true, code: true } };
const answerIn = `{
  const { stage } = offhook.phone;
  const offered = stage.next("offered");
  callIn({ user: "bob@offhook.test" }, "Bob Keller");
  await stage.answer(await offered);
  while (stage.up()?.view().state !== "connected") await new Promise(requestAnimationFrame);
}`;

/** A board with one of each kind on it. */
const drawing = `{
  await offhook.phone.boards.drawWith(["bob@offhook.test"], "Alice and Bob");
  while (offhook.phone.boards.view().open?.view().state !== "ready") await new Promise(requestAnimationFrame);
  const board = offhook.phone.boards.view().open;
  const put = (element) => board.put([board.compose(element)]);
  const ink = { color: "#1d1c17", size: 4 };
  put({ kind: "stroke", ...ink, points: Array.from({ length: 30 }, (_, at) => [40 + at * 8, 130 + 20 * Math.sin(at / 3)]) });
  put({ kind: "rectangle", color: "#2e5bb4", size: 4, points: [[40, 190], [130, 250]] });
  put({ kind: "ellipse", color: "#007742", size: 4, points: [[170, 190], [260, 250]] });
  put({ kind: "arrow", color: "#c72122", size: 4, points: [[130, 220], [168, 220]] });
  put({ kind: "text", color: "#6b3fb5", size: 24, points: [[40, 270]], text: "Two rooms" });
  put({ kind: "line", ...ink, points: [[40, 320], [260, 320]] });
  await board.settled();
}`;

/** Every screen, in an order in which one can follow the other. */
export const screens: readonly Screen[] = [
  { name: "sign-in-accounts", ready: `!!find(".account")`, stable: true },
  {
    name: "sign-in-password",
    welcome: { ...password, signIn: { ...password.signIn, oidc: [{ id: "corp", name: "Example Corp" }] } },
    ready: `!!find("[name=password]")`,
    stable: true,
  },
  {
    name: "sign-in-code-failed",
    welcome: { ...password, signIn: { ...password.signIn, password: false }, state: { sip: false, media: true } },
    act: `offhook.phone.door.update({ failure: "code-expired" })`,
    ready: `!!find("[name=code]") && !!find("[data-testid=failure]")`,
  },
  {
    name: "sign-in-insecure",
    welcome: { ...welcome, secureAddress: "https://phone.example.org:8443/" },
    ready: `!!find("[data-testid=insecure]")`,
  },
  { name: "unreachable", welcome: undefined, ready: `offhook.phone.door.view().stage === "unreachable"` },
  {
    name: "check-microphone",
    act: `${signInSimulated}.then(() => offhook.phone.preferences.choose({ checked: false }))`,
    ready: `!!find("phone-first-check >> h1")`,
    stable: true,
  },
  { name: "check-speaker", signedIn: true, act: check(1), ready: `!!find("phone-device-choice")`, stable: true },
  {
    name: "check-network",
    signedIn: true,
    act: check(2),
    ready: `/through/.test(find("[data-testid=network]")?.innerText)`,
  },
  { name: "recents", signedIn: true, act: at("recents"), ready: `!!find("[data-testid=recents]")` },
  {
    name: "recents-empty",
    signedIn: true,
    act: `${at("recents")}; offhook.session.calls.forget()`,
    ready: `!!find("phone-recents-list >> .empty")`,
    stable: true,
  },
  {
    name: "recents-search",
    signedIn: true,
    act: `${at("recents")}; { const field = find("phone-recents-list >> input"); field.value = "bo"; field.dispatchEvent(new Event("input")); }`,
    ready: `!!find("[data-testid=found]")`,
  },
  {
    name: "recent",
    signedIn: true,
    act: at(`recents/${item("user:bob@offhook.test")}`),
    ready: `!!find("phone-record-lines >> li")`,
  },
  { name: "contacts", signedIn: true, act: at("contacts"), ready: `!!find("[data-testid=contacts]")`, stable: true },
  {
    name: "contact",
    signedIn: true,
    act: `${at(`contacts/${item("saved:elodie")}`)}; offhook.session.calls.forget()`,
    ready: `!!find("phone-contact-view >> phone-person-card")`,
    stable: true,
  },
  { name: "contact-form", signedIn: true, act: at("contacts/new"), ready: `!!find("phone-contact-form >> form")` },
  {
    name: "keypad",
    signedIn: true,
    act: at("keypad"),
    ready: `!!find(".stage phone-keypad-view >> input")`,
    stable: true,
  },
  {
    name: "keypad-typed",
    signedIn: true,
    act: `${at("keypad")}; while (!find(".stage phone-keypad-view")) await new Promise(requestAnimationFrame); find(".stage phone-keypad-view").dialled = "+33612345678"`,
    ready: `/Marchand, France/.test(find(".stage phone-keypad-view >> #meaning")?.innerText)`,
  },
  {
    name: "boards-empty",
    signedIn: true,
    act: at("boards"),
    ready: `!!find("phone-boards-list >> .empty")`,
    stable: true,
  },
  {
    name: "board",
    signedIn: true,
    act: drawing,
    ready: `offhook.phone.boards.view().open?.view().elements.length === 6`,
    stable: true,
  },
  {
    name: "board-people",
    signedIn: true,
    act: `${drawing}; find("phone-board-view").panel = "people"`,
    ready: `!!find("phone-board-people >> li")`,
  },
  {
    name: "board-more",
    signedIn: true,
    act: `${drawing}; find("phone-board-view").panel = "more"`,
    ready: `!!find("phone-board-view >> .papers")`,
  },
  {
    name: "board-invitation",
    signedIn: true,
    act: `${at("recents")}; offhook.phone.boards.update({ calling: [{ boardId: "b", name: "Floor plan", members: [{ user: "bob@offhook.test", name: "Bob Keller", role: "owner" }] }] })`,
    ready: `!!find("[data-testid=board-invitation]")`,
  },
  { name: "settings", signedIn: true, act: at("settings"), ready: `!!find("phone-settings-list >> li")`, stable: true },
  ...["status", "sound", "ringing", "appearance", "keyboard", "line"].map((section) => ({
    name: `settings-${section}`,
    signedIn: true,
    act: at(`settings/${section}`),
    ready: section === "line" ? `!!find("[data-testid=line]")` : `!!find("phone-settings-view >> h1")`,
    ...(section === "ringing" || section === "line" ? {} : { stable: true }),
  })),
  {
    name: "settings-undisturbed",
    signedIn: true,
    act: `${at("settings/status")}; offhook.phone.availability.choose("do-not-disturb", "Exam until four")`,
    ready: `!!find("[data-testid=undisturbed]")`,
  },
  {
    name: "incoming",
    signedIn: true,
    act: `${at("recents")}; callIn({ user: "bob@offhook.test" }, "Bob Keller")`,
    ready: `!!find("[data-testid=incoming]")`,
  },
  {
    name: "call-ringing",
    signedIn: true,
    act: `offhook.phone.stage.call({ user: "wait@offhook.test" })`,
    ready: inState("ringing"),
  },
  { name: "call", signedIn: true, act: answerIn, ready: inState("connected") },
  {
    name: "call-held",
    signedIn: true,
    act: `${answerIn}; far.hold()`,
    ready: `offhook.phone.stage.view().call?.view().hold.remote`,
  },
  {
    name: "call-keypad",
    signedIn: true,
    act: `${answerIn}; find("phone-call-view").toggleKeypad()`,
    ready: `!!find("[data-testid=digits-sent]")`,
  },
  {
    name: "call-bar",
    signedIn: true,
    act: `${answerIn}; offhook.phone.places.go("contacts")`,
    ready: `!!find("phone-call-bar >> .back")`,
  },
  {
    name: "call-waiting",
    signedIn: true,
    act: `${answerIn}; callIn({ tel: "+442079460958" })`,
    ready: `!!find("phone-call-view") && !!find("[data-testid=incoming]")`,
  },
  {
    name: "call-ended",
    signedIn: true,
    act: `offhook.phone.stage.call({ user: "busy@offhook.test" })`,
    ready: inState("ended"),
    stable: true,
  },
  {
    name: "emergency",
    signedIn: true,
    act: `offhook.phone.stage.call({ tel: "112" })`,
    ready: inState("ended"),
  },
  {
    name: "microphone-denied",
    signedIn: true,
    act: `sim.microphone = "denied"; offhook.phone.stage.call({ tel: "600" })`,
    ready: `!!find("[data-testid=notice]")`,
  },
  {
    name: "reconnecting",
    signedIn: true,
    act: `${at("recents")}; sim.openSocket = () => ({ send() {}, close() {} }); sim.drop()`,
    ready: `!!find("[data-testid=connection]")`,
  },
];

function check(steps: number): string {
  const next = `press("[data-testid=next]")`;
  const wait = "await new Promise(requestAnimationFrame)";
  return `(async () => {
    offhook.phone.preferences.choose({ checked: false });
    for (let step = 0; step < ${steps}; step += 1) { ${wait}; ${wait}; ${next}; }
  })()`;
}

export { signInSimulated };
