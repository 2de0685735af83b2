import { join } from "node:path";
import { isRecord } from "../base/json.ts";
import type { Bus } from "../directory/bus.ts";
import { PushKeyFile } from "../directory/file/push-key-file.ts";
import { UserFiles } from "../directory/file/user-files.ts";
import { PushSubscriptions, type PushSubscription } from "../directory/push-subscriptions.ts";
import { RedisPushKeys } from "../directory/redis/redis-push-keys.ts";
import { RedisUserStore } from "../directory/redis/redis-user-store.ts";
import { messageOf } from "../base/errors.ts";
import type { MessagingParts } from "../messaging/parts.ts";
import { makePushKeys, Pushes } from "../push/pushes.ts";
import type { Sessions } from "../session/sessions.ts";
import { Sleepers } from "../session/sleepers.ts";
import type { Frame } from "./frame.ts";

const dayMs = 86_400_000;
const daySeconds = 86_400;
/** Characters of a message that a notification has room for. */
const shownText = 160;

type Site = Pick<Frame, "config" | "clock" | "log" | "redis" | "later">;

/** The browsers of each user that may be woken: in Redis, or in files. */
export function openPushSubscriptions({ config, clock, log, redis, later }: Site): PushSubscriptions {
  const { browsers, days } = config.push;
  const folder = join(config.stateDir, "people");
  const files = redis ? undefined : new UserFiles({ folder, kind: "push", clock, log, check: areSubscriptions });
  if (files) later(() => files.close());
  const store = files ?? new RedisUserStore(redis as NonNullable<typeof redis>, "push", areSubscriptions);
  return new PushSubscriptions(store, { browsers, age: days * dayMs }, () => clock.now());
}

const areSubscriptions = (value: unknown): value is readonly PushSubscription[] =>
  Array.isArray(value) && value.every((one) => isRecord(one) && typeof one["endpoint"] === "string");

/** What wakes browsers, and the calls that wait for them; undefined when that is switched off, or has no keys. */
export async function buildPush(
  frame: Frame,
  bus: Bus,
): Promise<{ readonly pushes: Pushes; readonly sleepers: Sleepers } | undefined> {
  const { config, dir, clock, log, metrics, redis, later } = frame;
  if (!config.push.enabled) return undefined;
  const kept = redis ? new RedisPushKeys(redis) : new PushKeyFile(dir.file("push-keys"));
  try {
    const keys = await kept.pair(makePushKeys);
    const pushes = new Pushes({
      keys,
      subscriptions: openPushSubscriptions(frame),
      settings: { ...config.push, contact: contactOf(config) },
      clock,
      log,
      came: (outcome, type) => metrics.pushes.add({ outcome, type }),
    });
    later(() => pushes.close());
    const sleepers = new Sleepers({
      pushes,
      bus,
      clock,
      log,
      wait: config.push.wait,
      codecs: config.media.webCodecs,
    });
    later(() => sleepers.close());
    metrics.measurePush(pushes, sleepers);
    return { pushes, sleepers };
  } catch (fault) {
    log.error("no browsers are woken: there are no push keys", { fault: messageOf(fault) });
    return undefined;
  }
}

/** Tells who has no connected page of new messages. */
export function announcer(
  pushes: Pushes,
  sessions: Pick<Sessions, "isConnected">,
  { config, log }: Frame,
): NonNullable<MessagingParts["absent"]> {
  return (user, { text, files, ...note }) => {
    if (sessions.isConnected(user)) return;
    const shown = config.push.showText ? { text: shortened(text), ...(files > 0 && { files }) } : {};
    const topic = `${user.domain} ${JSON.stringify(note.of)}`;
    pushes
      .send(user, { type: "message", ...note, ...shown }, { ttl: daySeconds, urgency: "normal", topic })
      .catch((fault: unknown) => log.error("message not announced", { fault: messageOf(fault) }));
  };
}

function shortened(text: string): string {
  const signs = [...text];
  return signs.length > shownText ? `${signs.slice(0, shownText - 1).join("")}…` : text;
}

/** RFC 8292 2.1: an address of whoever runs this; some push services refuse messages without one. */
function contactOf({ push, http, domains }: Frame["config"]): string {
  const { contact } = push;
  if (contact !== undefined) return contact;
  if (http.publicUrl?.startsWith("https:")) return http.publicUrl;
  if (http.domain !== undefined) return `https://${http.domain}`;
  return `mailto:webmaster@${domains[0] ?? "localhost"}`;
}
