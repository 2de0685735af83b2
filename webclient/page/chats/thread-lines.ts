import type { CallRecord, Message } from "../../index.ts";

/** One thing in a thread. */
export type ThreadLine =
  | { readonly is: "day"; readonly key: string; readonly at: Date }
  | { readonly is: "call"; readonly key: string; readonly at: Date; readonly record: CallRecord }
  | {
      readonly is: "message";
      readonly key: string;
      readonly at: Date;
      readonly message: Message;
      /** The one before is by the same sender, shortly before. */
      readonly follows: boolean;
      /** So is the one after, and has come as far: its time and state say enough. */
      readonly brief: boolean;
    };

/** Messages of one sender within this time stand together, in milliseconds. */
const togetherMs = 120_000;

const senderOf = ({ from }: Message): string => Object.values(from.target).join();

/**
 * Messages and calls as one thread, oldest first, with a line where another day begins. Calls from before the oldest
 * message that was fetched wait for the messages around them (`more`).
 */
export function threadLines(
  messages: readonly Message[],
  records: readonly CallRecord[],
  more: boolean,
): readonly ThreadLine[] {
  const since = more ? (messages[0]?.at.getTime() ?? Infinity) : 0;
  const calls = records
    .filter(({ at }) => at.getTime() >= since)
    .map((record) => ({ is: "call", key: `call-${record.reference}`, at: record.at, record }) as const);
  const said = messages.map(
    (message) =>
      ({
        is: "message",
        key: `message-${message.number}`,
        at: message.at,
        message,
        follows: false,
        brief: false,
      }) as const,
  );
  const all = [...said, ...calls].sort((a, b) => a.at.getTime() - b.at.getTime());
  return all.flatMap((line, index): ThreadLine[] => {
    const before = all[index - 1];
    const after = all[index + 1];
    const day = line.at.toDateString();
    const newDay: ThreadLine[] =
      before?.at.toDateString() === day ? [] : [{ is: "day", key: `day-${day}`, at: line.at }];
    if (line.is !== "message") return [...newDay, line];
    const brief = after?.is === "message" && follows(line, after) && after.message.state === line.message.state;
    return [...newDay, { ...line, follows: follows(before, line), brief }];
  });
}

function follows(before: ThreadLine | undefined, { message, at }: { message: Message; at: Date }): boolean {
  if (before?.is !== "message" || before.at.toDateString() !== at.toDateString()) return false;
  return senderOf(before.message) === senderOf(message) && at.getTime() - before.at.getTime() < togetherMs;
}
