import type { Clock } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import { uuid } from "../base/ids.ts";
import { isRecord } from "../base/json.ts";
import type { Bus, Subscription, Topic } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { UserId } from "../directory/user-id.ts";
import type { Carried, CarriedMessage } from "../messaging/carrier.ts";

/** Give this to the phone of that Contact. */
interface Question {
  readonly ask: string;
  readonly to: UserId;
  readonly contact: string;
  readonly message: CarriedMessage;
}

interface Answer {
  readonly ask: string;
  readonly carried: Carried;
}

const isUser = (value: unknown): boolean =>
  isRecord(value) && typeof value.domain === "string" && typeof value.name === "string";

const isMessage = (value: unknown): boolean =>
  isRecord(value) &&
  [value.id, value.text].every((text) => typeof text === "string") &&
  typeof value.at === "number" &&
  isUser(value.from);

const questionsTo = (node: string): Topic<Question> => ({
  name: `phones/message/${node}`,
  is: (value): value is Question =>
    isRecord(value) &&
    [value.ask, value.contact].every((text) => typeof text === "string") &&
    isUser(value.to) &&
    isMessage(value.message),
});

const carried: readonly unknown[] = ["delivered", "absent", "failed", "refused"] satisfies readonly Carried[];

const answersTo = (node: string): Topic<Answer> => ({
  name: `phones/carried/${node}`,
  is: (value): value is Answer => isRecord(value) && typeof value.ask === "string" && carried.includes(value.carried),
});

export interface FarPhonesParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly clock: Clock;
  /** How long an answer may take, in milliseconds. */
  readonly patience: number;
  /** To a phone of this node. The same message again has the same answer. */
  here(to: UserId, contact: string, message: CarriedMessage): Promise<Carried>;
}

/** After so long without an answer it is asked again, in milliseconds: the first may have been lost. */
const againMs = 2_000;

/** Messages for softphones that are registered at other nodes: given to the node that reaches them. */
export class FarPhones {
  readonly #parts: FarPhonesParts;
  readonly #asked = new Map<string, (carried: Carried) => void>();
  readonly #subscriptions: readonly Subscription[];

  constructor(parts: FarPhonesParts) {
    this.#parts = parts;
    const { bus, here } = parts;
    this.#subscriptions = [
      bus.subscribe(questionsTo(bus.node), ({ ask, to, contact, message }, { node }) => {
        void here(to, contact, message).then((said) => bus.send(answersTo(node), { ask, carried: said }));
      }),
      bus.subscribe(answersTo(bus.node), ({ ask, carried: said }) => this.#asked.get(ask)?.(said)),
    ];
  }

  /** Never rejects. `server`: with which the phone registered. */
  async deliver(server: string, to: UserId, contact: string, message: CarriedMessage): Promise<Carried> {
    const { bus, nodes, clock, patience } = this.#parts;
    const node = nodes.nodeOf(server);
    if (node === undefined) return "absent";
    const ask = uuid();
    const question = { ask, to, contact, message };
    const answer = new Promise<Carried>((resolve) => this.#asked.set(ask, resolve));
    const again = clock.every(againMs, () => void bus.send(questionsTo(node), question));
    const off = nodes.on("gone", (gone) => gone === node && this.#asked.get(ask)?.("failed"));
    void bus.send(questionsTo(node), question);
    try {
      return await withDeadline(answer, patience, "another node's softphone", clock);
    } catch {
      return "failed";
    } finally {
      again.cancel();
      off();
      this.#asked.delete(ask);
    }
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
    for (const resolve of [...this.#asked.values()]) resolve("failed");
  }
}
