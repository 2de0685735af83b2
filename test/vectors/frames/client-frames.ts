import { limits } from "../../../gateway/protocol/version.ts";

export const offer = { kind: "offer", sdp: "v=0\r\n", generation: 1 };
export const call = { id: "1", callId: "c-1" };
export const browser = { endpoint: "https://push.example.org/a", p256dh: "A".repeat(87), auth: "A".repeat(22) };
export const start = { type: "call.start", id: "1", target: { user: "bob@a.example" }, description: offer };

export const bobsCard = { contactId: "c-1", name: "Bob", targets: [{ target: { tel: "+33123456789" }, label: "Mobile" }] };

export const draw = { type: "board.draw", id: "1", boardId: "b-1", drawId: "d-1" };
const ink = { z: 1, color: "#1d1c17", size: 4 };
export const stroke = { kind: "stroke", elementId: "e-1", ...ink, points: [[0, 0.5]] };
export const shape = {
  kind: "arrow",
  elementId: "e-2",
  ...ink,
  points: [
    [0, 0],
    [9, 9],
  ],
};
export const label = { kind: "text", elementId: "e-3", ...ink, points: [[0, 0]], text: "two\nlines <b>" };
export const image = { kind: "image", elementId: "e-4", z: 0, points: shape.points, source: "data:image/png;base64,iVBORw0=" };

/** Frames of the browser that are well formed: at least one of each type. */
export const clientFrames: readonly ({ readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>)[] = [
  { type: "session.open", id: "1", token: "a.b.c" },
  { type: "session.open", id: "1", user: "alice@a.example", displayName: "Álice 😀", instance: "tab_1-2" },
  { type: "session.resume", id: "1", token: "t", sessionId: "s-1", seq: 0, asked: ["r1"], reload: true, renews: true },
  { type: "session.renew", id: "1", token: "a.b.c" },
  { type: "session.close", id: "1" },
  { type: "ping", id: "1", seq: 0 },
  start,
  { ...start, target: { tel: "+33123456789" }, data: { any: ["thing"] } },
  { ...start, target: { sip: "sip:bob@b.example;transport=tcp" } },
  { type: "call.answer", ...call, description: { ...offer, kind: "answer" } },
  { type: "call.reject", ...call },
  { type: "call.reject", ...call, reason: "busy" },
  { type: "call.end", ...call },
  { type: "call.candidate", ...call, candidate: null },
  { type: "call.dtmf", ...call, digits: "0123456789*#ABCD,," },
  { type: "call.update", ...call, description: offer },
  { type: "call.renew", ...call, description: offer },
  { type: "call.report", ...call, problem: { code: "ice-failed", detail: "no-pair" } },
  {
    type: "call.report",
    ...call,
    pair: { local: "prflx 192.0.2.1:5", remote: "host 192.0.2.2:6", protocol: "udp" },
    quality: { mos: 4.2, loss: 0.01, jitterMs: 3, rttMs: 20, sent: 500, received: 495 },
  },
  { type: "call.me", id: "1", number: "+33123456789", target: { user: "bob@a.example" } },
  { type: "history.list", id: "1", before: "K7F3QM", limit: 100 },
  { type: "history.forget", id: "1" },
  { type: "history.forget", id: "1", references: ["K7F3QM"] },
  { type: "contact.put", id: "1", contact: bobsCard },
  { type: "contact.remove", id: "1", contactId: "c-1" },
  { type: "line.show", id: "1" },
  { type: "session.open", id: "1", groups: ["sales"], watch: [], status: "away", note: "Tea", userData: { any: [1] } },
  { type: "presence.join", id: "1", group: "sales" },
  { type: "presence.leave", id: "1", group: "Ventes 😀" },
  { type: "presence.watch", id: "1", group: "x".repeat(limits.group) },
  { type: "presence.unwatch", id: "1", group: "__proto__" },
  { type: "presence.status", id: "1", status: "do-not-disturb", note: "" },
  { type: "presence.data", id: "1", data: null },
  { type: "push.show", id: "1" },
  { type: "push.subscribe", id: "1", ...browser, language: "fr", expiresAt: 1_790_000_000_000 },
  { type: "push.unsubscribe", id: "1", endpoint: browser.endpoint },
  { ...start, unknown: "fields are left alone" },
  { type: "message.send", id: "1", to: { user: "bob@a.example" }, text: "two\nlines\t€", messageId: "m-1" },
  { type: "message.send", id: "1", to: { sip: "sip:bob@a.example" }, text: "hi", messageId: "m-1" },
  { type: "message.send", id: "1", to: { group: "g-1" }, messageId: "m-1", attachments: ["f-1", "f-2"] },
  { type: "file.offer", id: "1", to: { user: "bob@a.example" }, name: "Été.pdf", size: 1 },
  { type: "file.link", id: "1", of: { group: "g-1" }, fileId: "f-1" },
  { type: "message.edit", id: "1", of: { group: "g-1" }, messageId: "m-1", text: "hi" },
  { type: "message.delete", id: "1", of: { group: "g-1" }, messageId: "m-1" },
  { type: "message.mark", id: "1", of: { user: "bob@a.example" }, number: 3, state: "read" },
  { type: "message.typing", id: "1", to: { user: "bob@a.example" } },
  { type: "message.list", id: "1", of: { user: "bob@a.example" }, before: 9, limit: 20, search: "hi" },
  { type: "message.search", id: "1", text: "hi", limit: 20, before: { of: { group: "g" }, number: 3, at: 1 } },
  { type: "group.create", id: "1", name: "Team", users: ["bob@a.example"] },
  { type: "group.invite", id: "1", groupId: "g-1", users: ["bob@a.example"] },
  { type: "group.answer", id: "1", groupId: "g-1", accept: true },
  { type: "group.leave", id: "1", groupId: "g-1" },
  { type: "group.remove", id: "1", groupId: "g-1", user: "bob@a.example" },
  { type: "group.promote", id: "1", groupId: "g-1", user: "bob@a.example", role: "owner" },
  { type: "data.send", id: "1", to: { group: "g-1" }, value: { any: [1, null] } },
  { type: "board.create", id: "1", name: "Plan", users: ["bob@a.example"], role: "viewer" },
  { type: "board.invite", id: "1", boardId: "b-1", users: [] },
  { type: "board.answer", id: "1", boardId: "b-1", accept: false },
  { type: "board.leave", id: "1", boardId: "b-1" },
  { type: "board.remove", id: "1", boardId: "b-1", user: "bob@a.example" },
  { type: "board.promote", id: "1", boardId: "b-1", user: "bob@a.example", role: "editor" },
  { type: "board.list", id: "1" },
  { type: "board.open", id: "1", boardId: "b-1" },
  { type: "board.close", id: "1", boardId: "b-1" },
  { type: "board.read", id: "1", boardId: "b-1", since: 0, began: 7 },
  { ...draw, put: [stroke, shape, label, image], remove: ["e-9"], background: { paper: "dots" } },
  { ...draw, put: [{ ...stroke, points: Array(limits.points).fill([-1.5, 2]) }] },
  { type: "board.show", id: "1", boardId: "b-1", cursor: [1, 2], draft: { element: stroke, from: 9 }, laser: [[1, 2]] },
  { type: "board.show", id: "1", boardId: "b-1", cursor: null, draft: null },
];
