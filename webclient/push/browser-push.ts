/** What Web Push needs of its surroundings. The default is the browser; tests bring their own. */
export interface PushBrowser {
  /** False where the browser hides it because the page came over plain http. */
  readonly secure: boolean;
  /** Push API 5: the browser has it. */
  readonly supported: boolean;
  /** What the browser remembers of the user's answer. */
  permission(): NotificationPermission;
  /** Asks the user, in a click. */
  ask(): Promise<NotificationPermission>;
  /** What is remembered for this site; a browser that forbids it remembers nothing. */
  recall(key: string): string | undefined;
  /** `undefined` forgets. */
  remember(key: string, value: string | undefined): void;
}

function store<T>(act: (storage: Storage) => T): T | undefined {
  try {
    return act(localStorage);
  } catch {
    return undefined;
  }
}

/** The browser. */
export const browserPush = (): PushBrowser => ({
  secure: globalThis.isSecureContext !== false,
  supported: "PushManager" in globalThis && "Notification" in globalThis,
  permission: () => Notification.permission,
  ask: () => Notification.requestPermission(),
  recall: (key) => store((storage) => storage.getItem(key)) ?? undefined,
  remember: (key, value) =>
    store((storage) => (value === undefined ? storage.removeItem(key) : storage.setItem(key, value))),
});
