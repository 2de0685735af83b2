import assert from "node:assert/strict";
import type { Bus, Topic } from "../../../gateway/directory/bus.ts";
import { until } from "../../support/until.ts";

export interface BusUnderTest {
  readonly bus: Bus;
  /** Nothing passes between the node and others until it is mended. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export interface BusesUnderTest {
  /** Another node of the same system. */
  join(): Promise<BusUnderTest>;
  close(): Promise<void>;
}

const topicOf = (name: string): Topic<number> => ({
  name,
  is: (value): value is number => typeof value === "number",
});

/** What every supplier of the bus does. */
export function describeBus(supplier: string, open: () => Promise<BusesUnderTest>): void {
  describe(`the bus ${supplier}`, () => {
    const [numbers, others] = [topicOf("numbers/a.example"), topicOf("others")];
    let nodes: BusesUnderTest;
    let [mine, theirs]: BusUnderTest[] = [];

    beforeEach(async () => {
      nodes = await open();
      [mine, theirs] = [await nodes.join(), await nodes.join()];
    });
    afterEach(() => nodes.close());

    const one = (): BusUnderTest => mine ?? assert.fail();
    const other = (): BusUnderTest => theirs ?? assert.fail();

    async function listen({ bus }: BusUnderTest, topic = numbers): Promise<number[]> {
      const heard: number[] = [];
      await bus.subscribe(topic, (value) => heard.push(value)).ready;
      return heard;
    }
    const heardAll = (heard: readonly number[], expected: readonly number[]): Promise<unknown> =>
      until(`${expected.length} numbers`, () => heard.length >= expected.length).finally(() =>
        assert.deepEqual(heard, expected),
      );
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

    it("tells listeners of the same node at once", async () => {
      const heard = await listen(one());
      one().bus.publish(numbers, 1);
      assert.deepEqual(heard, [1]);
    });

    it("tells other nodes each publication once and in order, whatever the topics", async () => {
      const heard: number[] = [];
      for (const topic of [numbers, others]) await other().bus.subscribe(topic, (value) => heard.push(value)).ready;
      for (const value of upTo(500)) one().bus.publish(value % 3 === 0 ? others : numbers, value);
      await heardAll(heard, upTo(500));
    });

    it("tells who listens, and nobody else; what is of another form is ignored", async () => {
      const heard = await listen(other(), others);
      const words: Topic<string> = { name: others.name, is: (value): value is string => typeof value === "string" };
      one().bus.publish(numbers, 1);
      one().bus.publish(words, "two");
      one().bus.publish(others, 3);
      await heardAll(heard, [3]);
    });

    it("tells nothing after the subscription is closed, while others go on", async () => {
      const heard = await listen(other());
      const closed: number[] = [];
      const subscription = other().bus.subscribe(numbers, (value) => closed.push(value));
      await subscription.ready;
      subscription.close();
      one().bus.publish(numbers, 1);
      await heardAll(heard, [1]);
      assert.deepEqual(closed, []);
    });

    it("says how many other nodes took what was sent", async () => {
      assert.equal(await one().bus.send(numbers, 1), 0);
      await listen(one());
      assert.equal(await one().bus.send(numbers, 2), 0);
      await listen(other());
      assert.equal(await one().bus.send(numbers, 3), 1);
    });

    it("knows how far it has heard each node, and says so with each publication", async () => {
      const stamps: unknown[] = [];
      await other().bus.subscribe(numbers, (_value, stamp) => stamps.push(stamp)).ready;
      one().bus.publish(others, 1);
      one().bus.publish(numbers, 2);
      await until("it", () => stamps.length > 0);
      assert.deepEqual(stamps, [{ node: one().bus.node, n: 2 }]);
      assert.deepEqual(other().bus.heard, { [one().bus.node]: 2 });
      assert.deepEqual(one().bus.heard, { [one().bus.node]: 2 });
    });

    it("goes on within a node that is cut off; others get it late, once and in order", async () => {
      const [here, there] = [await listen(one()), await listen(other())];
      one().bus.publish(numbers, 0);
      await heardAll(there, [0]);
      await one().cut();
      await until("the cut to be noticed", () => !one().bus.isUp);
      for (const value of upTo(100).slice(1)) one().bus.publish(numbers, value);
      assert.deepEqual(here, upTo(100));
      assert.equal(await one().bus.send(numbers, 1000), 0);
      assert.deepEqual(here.pop(), 1000);
      await one().mend();
      await heardAll(there, upTo(100));
    });

    it("tells a node that was cut off that it may have missed something, and its subscriptions go on", async () => {
      const heard = await listen(other());
      let missed = 0;
      other().bus.on("missed", () => (missed += 1));
      await other().cut();
      await until("the cut to be noticed", () => !other().bus.isUp);
      one().bus.publish(numbers, 1);
      let ready = false;
      const late: number[] = [];
      void other()
        .bus.subscribe(others, (value) => late.push(value))
        .ready.then(() => (ready = true));
      await other().mend();
      await until("the news", () => missed === 1 && ready, 10_000);
      assert.equal(other().bus.isUp, true);
      one().bus.publish(numbers, 2);
      one().bus.publish(others, 3);
      await until("both", () => heard.at(-1) === 2 && late.length === 1);
    });
  });
}
