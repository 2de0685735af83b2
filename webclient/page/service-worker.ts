/**
 * Keeps the page's own files, so that it opens at once and without network, and hands presses on a notification to
 * the open tab. What the gateway says (`/api`, `/auth`, `/admin`, metrics) is never kept.
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
  readonly notification: { readonly tag: string; close(): void };
}
interface Tab {
  readonly focused: boolean;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}
interface Worker {
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: object): Promise<readonly Tab[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetched) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Pressed) => void): void;
}

const worker = globalThis as unknown as Worker;
const cacheName = `offhook-${SHELL_VERSION}`;
const home = new URL("./", worker.registration.scope).href;
const files = new Set(SHELL_FILES.map((file) => new URL(file, worker.registration.scope).href));

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
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

/** To the tab that has the call. Without one the page is opened. */
async function pressed({ action, notification }: Pressed): Promise<void> {
  notification.close();
  const tabs = await worker.clients.matchAll({ type: "window" });
  const act = action === "answer" || action === "decline" ? action : "show";
  for (const tab of tabs) tab.postMessage({ type: "notification", act, tag: notification.tag });
  const [tab] = tabs;
  if (act === "decline") return;
  await (tab ? tab.focus() : worker.clients.openWindow(home));
}
