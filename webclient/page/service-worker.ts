import type { PushNote } from "../../gateway/protocol/push-values.ts";
import { noteActs, type NoteData, type NoteShown } from "./worker/note-shown.ts";

/**
 * Keeps the page's own files, so that it opens at once and without network; shows who calls or writes while no page is
 * open (Web Push); and hands presses on a notification to the open tab, or opens one. What the gateway says (`/api`,
 * `/auth`, `/admin`, metrics) is never kept.
 */

/** The build puts the list of its files here: another list is another worker, and the old files go. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

/** The part of a service worker's surroundings that is used; the DOM's types do not have it. */
interface Extendable {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetched extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Pressed extends Extendable {
  readonly action: string;
  readonly notification: Notified;
}
interface Pushed extends Extendable {
  readonly data: { json(): unknown } | null;
}
interface Notified {
  readonly tag: string;
  readonly data: NoteData | null;
  close(): void;
}
interface Tab {
  readonly url: string;
  readonly focused: boolean;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}
interface Worker {
  readonly registration: {
    readonly scope: string;
    showNotification(title: string, options: Omit<NoteShown, "title">): Promise<void>;
    getNotifications(filter: { tag: string }): Promise<readonly Notified[]>;
  };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: object): Promise<readonly Tab[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetched) => void): void;
  addEventListener(type: "push", listener: (event: Pushed) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Pressed) => void): void;
}

const worker = globalThis as unknown as Worker;
const cacheName = `offhook-${SHELL_VERSION}`;
const home = new URL("./", worker.registration.scope).href;
const files = new Set(SHELL_FILES.map((file) => new URL(file, worker.registration.scope).href));

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("push", (event) => event.waitUntil(pushed(event.data?.json() as PushNote | undefined)));
worker.addEventListener("notificationclick", (event) => event.waitUntil(pressed(event)));
worker.addEventListener("fetch", (event) => {
  const url = event.request.url.replace(/[?#].*$/, "");
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && url === home) event.respondWith(newest(event.request));
  else if (files.has(url)) event.respondWith(kept(event.request));
});

async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([home, ...files]);
  await worker.skipWaiting();
}

async function takeOver(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith("offhook-") && name !== cacheName);
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page itself from the gateway when it answers: a new version shows at once. */
async function newest(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(home)) ?? Response.error();
  }
}

/** Names of files carry their content's hash: what is kept never becomes wrong. */
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

/** Only the gateway can write it (RFC 8291, RFC 8292). */
async function pushed(note: PushNote | undefined): Promise<void> {
  if (!note) return;
  const { close, show } = noteActs(note, navigator.language.startsWith("fr") ? "fr" : "en");
  for (const tag of close)
    for (const notification of await worker.registration.getNotifications({ tag })) notification.close();
  if (!show) return;
  const { title, ...options } = show;
  await worker.registration.showNotification(title, options);
}

/** To the tab that has the call. Without one the page is opened, and told what to do. */
async function pressed({ action, notification }: Pressed): Promise<void> {
  const { tag } = notification;
  const { callId, decline, place } = notification.data ?? {};
  notification.close();
  const act = action === "answer" || action === "decline" ? action : "show";
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tabs = windows.filter(({ url }) => url.replace(/[?#].*$/, "") === home);
  for (const tab of tabs) tab.postMessage({ type: "notification", act, tag, place });
  if (act === "decline") {
    if (decline !== undefined) await fetch(new URL(decline, home), { method: "POST", credentials: "omit" });
    return;
  }
  const [tab] = tabs;
  const wanted = callId === undefined ? (place ?? "") : `#${act === "answer" ? "answer" : "call"}=${callId}`;
  await (tab ? tab.focus() : worker.clients.openWindow(home + wanted));
}
