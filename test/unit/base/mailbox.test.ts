import assert from "node:assert/strict";
import { Mailbox } from "../../../gateway/base/mailbox.ts";

describe("a mailbox", () => {
  it("handles inputs in order of arrival", () => {
    const seen: number[] = [];
    const box = new Mailbox<number>((input) => seen.push(input), assert.fail);
    for (const input of [1, 2, 3]) box.post(input);
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it("lets an input that is posted during a turn wait for its end", () => {
    const seen: string[] = [];
    const box: Mailbox<number> = new Mailbox<number>((input) => {
      seen.push(`start ${input}`);
      if (input < 3) box.post(input + 1);
      seen.push(`end ${input}`);
    }, assert.fail);
    box.post(1);
    assert.deepEqual(seen, ["start 1", "end 1", "start 2", "end 2", "start 3", "end 3"]);
  });

  it("reports a turn that throws and goes on with the next", () => {
    const seen: unknown[] = [];
    const box: Mailbox<string> = new Mailbox<string>(
      (input) => {
        if (input === "first") {
          box.post("second");
          throw new Error("broken");
        }
        seen.push(input);
      },
      (fault, input) => seen.push((fault as Error).message, input),
    );
    box.post("first");
    box.post("third");
    assert.deepEqual(seen, ["broken", "first", "second", "third"]);
  });

  it("drops what is queued and what is posted once it is closed", () => {
    const seen: number[] = [];
    const box: Mailbox<number> = new Mailbox<number>((input) => {
      seen.push(input);
      box.post(2);
      box.close();
    }, assert.fail);
    box.post(1);
    box.post(3);
    assert.deepEqual(seen, [1]);
  });
});
