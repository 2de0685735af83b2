import { naming } from "../call/call-name.ts";
import type { Call } from "../../index.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

export type NotificationState = NotificationPermission | "missing";

/** Whether this browser may show notifications for this page. */
export const notificationState = (): NotificationState =>
  "Notification" in globalThis && globalThis.isSecureContext ? Notification.permission : "missing";

/** Asks the user, in a click. */
export async function askToNotify(): Promise<NotificationState> {
  if (notificationState() === "default") await Notification.requestPermission().catch(() => {});
  return notificationState();
}

/** What the service worker tells of a notification that was pressed. */
export interface Pressed {
  readonly type: "notification";
  readonly act: "answer" | "decline" | "show";
  /** The call's id, where it is one's. */
  readonly tag: string;
  /** Where the page goes: `#/…`. */
  readonly place?: string;
}

const isPressed = (data: unknown): data is Pressed => (data as Pressed | null)?.type === "notification";

interface Shown extends NotificationOptions {
  actions?: { action: string; title: string }[];
  renotify?: boolean;
}

/** Says who calls while nobody looks at the tab; Answer and Decline come back through the service worker. */
export class Notifications {
  readonly #phone: Phone;

  constructor(phone: Phone) {
    this.#phone = phone;
    phone.stage.on("offered", (call) => void this.#offer(call));
    navigator.serviceWorker?.addEventListener("message", ({ data }) => isPressed(data) && this.#pressed(data));
  }

  async #offer(call: Call): Promise<void> {
    const wanted = this.#phone.preferences.view().notifications && notificationState() === "granted";
    if (!wanted || (document.visibilityState === "visible" && document.hasFocus())) return;
    const worker = await navigator.serviceWorker?.getRegistration();
    if (!worker || call.view().state !== "offered") return;
    const { name, address } = naming(this.#phone, call.view().peer);
    await worker.showNotification(words.notification.title(name), this.#content(call, address)).catch(() => {});
    const off = call.on("state", () => {
      off();
      void this.#close(worker, call.id);
    });
    if (call.view().state !== "offered") await this.#close(worker, call.id);
  }

  #content(call: Call, body: string): Shown {
    return {
      body,
      tag: call.id,
      icon: "./icon-192.png",
      requireInteraction: true,
      actions: [
        { action: "answer", title: words.call.answer },
        { action: "decline", title: words.call.decline },
      ],
    };
  }

  async #close(worker: ServiceWorkerRegistration, tag: string): Promise<void> {
    for (const notification of await worker.getNotifications({ tag })) notification.close();
  }

  #pressed({ act, tag, place }: Pressed): void {
    const call = this.#phone.stage.view().offered.find(({ id }) => id === tag);
    if (place !== undefined) location.hash = place;
    if (act === "answer") this.#phone.stage.answerWhenItRings(tag);
    if (act === "decline") void call?.reject();
  }
}
