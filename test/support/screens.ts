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

/** Conversations as a gateway would tell them, one with Bob at length, one of a group. Pictures are drawn here. */
const chatting = `{
  const on = (day, hour, minute) => new Date(2026, 9, day, hour, minute);
  const people = { alice: "Alice Laurent", bob: "Bob Keller", carol: "Carol Novak", dave: "Dave Okafor" };
  const peer = (name) => ({ target: { user: name + "@offhook.test" }, name: people[name], can: ["call", "chat"] });
  const direct = { user: "bob@offhook.test" }, team = { group: "team" }, trip = { group: "trip" };
  const say = (of, number, name, at, text, more = {}) =>
    ({ id: "m" + number, of, number, from: peer(name), at, ...(text !== undefined && { text }), state: "delivered", ...more });
  const picture = Object.assign(document.createElement("canvas"), { width: 640, height: 400 });
  const pen = picture.getContext("2d");
  for (const [color, y] of [["#8fb7d9", 0], ["#5b8a72", 250], ["#3d5f50", 320]]) { pen.fillStyle = color; pen.fillRect(0, y, 640, 400); }
  const url = picture.toDataURL();
  offhook.session.messages.link = async () => url;
  const file = (id, name, type, size) => ({ id, name, type, size });
  const withBob = [
    say(direct, 1, "bob", on(19, 17, 2), "Are we still on for the site visit on Thursday?"),
    say(direct, 2, "alice", on(19, 17, 5), "Yes, 9:30 at the north gate. Bring the drawings of both rooms, please.", { state: "read" }),
    say(direct, 3, "bob", on(20, 9, 12), "Here is the valley from last time", { attachments: [file("f1", "valley.png", "image/png", 482133)] }),
    say(direct, 4, "bob", on(20, 9, 13), "and the contract", { attachments: [file("f2", "Contract, second draft, signed by both.pdf", "application/pdf", 1482133)] }),
    say(direct, 5, "alice", on(20, 9, 20), undefined),
    say(direct, 6, "alice", on(20, 9, 21), "Lovely. I have read it and have three remarks:\\n1. the date\\n2. who pays for the crane\\n3. nothing else", { state: "read", editedAt: on(20, 9, 25) }),
    say(direct, 7, "bob", on(20, 11, 58), "👍"),
    say(direct, 8, "bob", on(20, 11, 59), "Call me when you are back, then we go through it"),
    say(direct, 9, "alice", on(20, 12, 2), "Back at two", { state: "delivered" }),
  ];
  const withTeam = [
    say(team, 1, "carol", on(20, 8, 1), "Good morning! Who is in the office today?"),
    say(team, 2, "dave", on(20, 8, 3), "Me, from ten"),
    say(team, 3, "dave", on(20, 8, 3), "I bring the croissants"),
    say(team, 4, "alice", on(20, 8, 10), "Then I am in too", { state: "read" }),
    say(team, 5, "carol", on(20, 11, 41), "The lift is being repaired until Friday. Please use the stairs at the back, and mind the paint."),
  ];
  const member = (name, role = "member", more = {}) => ({ user: name + "@offhook.test", name: people[name], role, ...more });
  const group = { groupId: "team", name: "Team North", members: [member("alice", "owner"), member("carol"), member("dave"), member("bob", "member", { invited: true })] };
  const invitation = { groupId: "trip", name: "Summer trip", members: [member("carol", "owner"), member("alice", "member", { invited: true })] };
  offhook.session.messages.update({
    unread: 3,
    conversations: [
      { of: direct, peer: peer("bob"), last: withBob.at(-1), unread: 0 },
      { of: team, group, last: withTeam.at(-1), unread: 3 },
      { of: { user: "carol@offhook.test" }, peer: peer("carol"), last: say({ user: "carol@offhook.test" }, 4, "carol", on(19, 18, 30), "", { attachments: [file("f3", "Minutes.docx", "application/zip", 9)] }), unread: 0 },
      { of: trip, group: invitation, unread: 0 },
      { of: { user: "dave@offhook.test" }, peer: peer("dave"), last: say({ user: "dave@offhook.test" }, 2, "alice", on(12, 9, 0), "Thank you!", { state: "read" }), unread: 0 },
    ],
  });
  const thread = (messages, more = {}) => ({ messages, more: false, ahead: false, unsent: [], failed: new Set(), ...more });
  window.threads = (more = {}) => new Map([
    ["user:bob@offhook.test", thread(withBob, more)],
    ["group:team", thread(withTeam)],
    ["group:trip", thread([])],
  ]);
  offhook.phone.chats.update({ threads: threads(), typing: new Map([["user:carol@offhook.test", peer("carol")]]) });
  offhook.session.messages.search = async (text) => ({
    found: text.startsWith("zz") ? [] : [
      { of: team, id: "m4", number: 4, from: peer("alice"), at: on(20, 8, 10), excerpt: "Then I am in too", match: { start: 0, length: 3 } },
      { of: direct, id: "m2", number: 2, from: peer("alice"), at: on(19, 17, 5), excerpt: "Yes, 9:30 at the north gate. Bring the drawings of both rooms, please.", match: { start: 13, length: 3 } },
      { of: direct, id: "m1", number: 1, from: peer("bob"), at: on(3, 16, 40), excerpt: "…and the rest of it when the surveyor has been there, which may take a while since he is ill…", match: { start: 5, length: 3 } },
    ],
    ...(!text.startsWith("zz") && { next: { of: direct, number: 1, at: 1 } }),
  });
}`;

const typed = (path: string, text: string): string =>
  `{ const field = find("${path}"); field.value = "${text}"; field.dispatchEvent(new Event("input")); }`;
const inChats = (place: string): string =>
  `${chatting}; ${at(place)}; while (!find("phone-chats-list >> input")) await new Promise(requestAnimationFrame)`;
const withBob = `chats/${item("user:bob@offhook.test")}`;
const bubbles = `!!find("phone-bubble >> .text")`;

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
    name: "chats-empty",
    signedIn: true,
    act: at("chats"),
    ready: `!!find("phone-chats-list >> .empty")`,
    stable: true,
  },
  { name: "chats", signedIn: true, act: inChats("chats"), ready: `!!find("[data-testid=chat]")` },
  { name: "chat", signedIn: true, act: inChats(withBob), ready: `!!find("phone-attachment >> img")` },
  {
    name: "chat-group",
    signedIn: true,
    act: `${inChats(`chats/${item("group:team")}`)}; while (!find("phone-chat-view")) await new Promise(requestAnimationFrame); find("phone-chat-view").details = true`,
    ready: `${bubbles} && !!find("phone-group-members >> li")`,
  },
  {
    name: "chat-invited",
    signedIn: true,
    act: inChats(`chats/${item("group:trip")}`),
    ready: `!!find("phone-chat-view >> .invitation")`,
  },
  {
    name: "chat-uploading",
    signedIn: true,
    act: `${inChats(withBob)}; offhook.phone.chats.update({ threads: threads({ unsent: [
      { id: "u1", text: "The drawings of both rooms", files: [new File(["x"], "Floor plan, north wing.pdf")], failed: false, sent: 3_400_000, total: 9_800_000 },
      { id: "u2", text: "and a word that did not get through", files: [], failed: true, sent: 0, total: 0 },
      { id: "u3", text: "", files: [new File(["x"], "setup.exe")], failed: true, sent: 0, total: 0, why: { code: "not-allowed", detail: "file-type" } },
    ] }) })`,
    ready: `!!find("phone-chat-view >> progress")`,
  },
  {
    name: "chat-drop",
    signedIn: true,
    act: `${inChats(withBob)}; while (!find("phone-chat-view")) await new Promise(requestAnimationFrame); find("phone-chat-view").dropping = true`,
    ready: `!!find("phone-chat-view >> .drop") && ${bubbles}`,
  },
  {
    name: "chat-find",
    signedIn: true,
    act: `${inChats(withBob)}; while (!find("phone-chat-view >> header")) await new Promise(requestAnimationFrame);
      offhook.session.messages.history = async () => threads().get("user:bob@offhook.test").messages.filter(({ text }) => /the/.test(text)).reverse();
      find("phone-chat-view").find = "the"; await find("phone-chat-view").updateComplete; ${typed("phone-chat-view >> .search input", "the")}`,
    ready: `!!find("[data-testid=found]")?.querySelector("phone-bubble")`,
  },
  {
    name: "chats-search",
    signedIn: true,
    act: `${inChats("chats")}; ${typed("phone-chats-list >> input", "the")}`,
    ready: `!!find("[data-testid=found-message]")`,
  },
  {
    name: "chats-search-nothing",
    signedIn: true,
    act: `${inChats("chats")}; ${typed("phone-chats-list >> input", "zzz")}`,
    ready: `!!find("phone-found-messages >> .say")`,
  },
  {
    name: "chat-new",
    signedIn: true,
    act: inChats("chats/new"),
    ready: `!!find("phone-new-chat >> input")`,
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
