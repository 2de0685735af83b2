import type { Clock, Timer } from "../base/clock.ts";
import { isRecord } from "../base/json.ts";
import type { Bus, Subscription, Topic } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import { lostGraceMs } from "./attendance.ts";
import type { Page } from "./page.ts";

/** A page as other nodes are told of it. */
interface PageState extends Pick<Page, "id" | "name" | "here" | "leaving" | "said" | "data"> {
  readonly user: string;
  readonly joined: readonly string[];
  /** Where it goes on, when that is not the node that tells. */
  readonly node?: string;
}

type Told =
  | { readonly is: "ask" }
  /** All of a node, in frames one after another. */
  | { readonly is: "all"; readonly pages: readonly PageState[]; readonly first: boolean; readonly last: boolean }
  | { readonly is: "changed"; readonly pages: readonly PageState[]; readonly left: readonly string[] };

const isTold = (value: unknown): value is Told =>
  isRecord(value) && (value.is === "ask" || ((value.is === "all" || value.is === "changed") && areStates(value.pages)));

const areStates = (pages: unknown): boolean =>
  Array.isArray(pages) &&
  pages.every((one) => isRecord(one) && typeof one.id === "string" && Array.isArray(one.joined));

/** How long others have to tell who is there before people are shown without them; milliseconds. */
const answersMs = 1_000;
/** Pages in one publication: each may have 8 KiB of user data. */
const perTelling = 64;

export interface NeighbourParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly clock: Clock;
}

/** What neighbours ask of their domain. */
export interface NeighbourSurroundings {
  /** Pages of this node. */
  pages(): readonly Page[];
  isOwn(id: string): boolean;
  entered(page: Page): void;
  left(page: Page): void;
  /** Another node says to have a page of this one. */
  disputed(id: string): void;
  /** Somebody has counted up to `turn`. */
  counted(turn: number): void;
}

/**
 * The pages of one domain that are at other nodes: each node tells what changes at its own, and all of them when it is
 * asked. Those of a node that has gone are still seen for the grace of a lost connection: they may come back elsewhere.
 */
export class Neighbours {
  /** Resolves when the others have told theirs, or after a moment: one may be slow, or out of reach. */
  readonly known: Promise<void>;
  readonly #domain: string;
  readonly #parts: NeighbourParts;
  readonly #around: NeighbourSurroundings;
  readonly #topic: Topic<Told>;
  readonly #subscription: Subscription;
  readonly #offs: (() => void)[];
  readonly #pages = new Map<string, { readonly page: Page; node: string }>();
  /** By node: pages that its telling of all has not named yet. */
  readonly #unnamed = new Map<string, Set<string>>();
  readonly #graces = new Map<string, Timer>();
  /** Pages that went on elsewhere only now: who asks before that node has told of them hears it here. */
  readonly #handedOver = new Set<string>();
  readonly #changed = new Map<string, PageState>();
  readonly #left = new Set<string>();
  #answers = 0;
  #answered: (() => void) | undefined;
  #settle: (() => void) | undefined;

  constructor(domain: string, parts: NeighbourParts, around: NeighbourSurroundings) {
    const { bus, nodes } = parts;
    this.#domain = domain;
    this.#parts = parts;
    this.#around = around;
    this.#topic = { name: `presence/${domain}`, is: isTold };
    this.#subscription = bus.subscribe(this.#topic, (told, { node }) => {
      if (node !== bus.node) this.#heard(told, node);
    });
    this.known = this.#ask();
    this.#offs = [
      bus.on("missed", () => {
        this.#tellAll();
        this.#tell({ is: "ask" });
      }),
      nodes.on("gone", (node) => this.#wait(node)),
      nodes.on("joined", (node) => this.#stopWaiting(node)),
    ];
  }

  /** A page of this node looks different. Told with the next `share`. */
  changed(page: Page): void {
    this.#changed.set(page.id, stateOf(page));
  }

  /** A page of this node is over. */
  gone({ id }: Page): void {
    this.#changed.delete(id);
    this.#left.add(id);
  }

  /** A page of this node goes on at another, and is one of that node's from now on. */
  handedOver(page: Page, node: string): void {
    this.#changed.set(page.id, { ...stateOf(page), node });
    this.#take(stateOf(page), node);
    this.#handedOver.add(page.id);
  }

  /** A page is of this node from now on, wherever it was. */
  fetched(id: string): void {
    const known = this.#pages.get(id);
    if (known) this.#remove(id, known.page);
  }

  share(): void {
    const [pages, left] = [[...this.#changed.values()], [...this.#left]];
    this.#changed.clear();
    this.#left.clear();
    // Who comes asks for all.
    if (this.#parts.nodes.others.length === 0 || pages.length + left.length === 0) return;
    for (const some of portionsOf(pages)) this.#tell({ is: "changed", pages: some, left: left.splice(0) });
  }

  close(): void {
    this.share();
    this.#subscription.close();
    for (const off of this.#offs) off();
    for (const timer of this.#graces.values()) timer.cancel();
    this.#settle?.();
  }

  #ask(): Promise<void> {
    const { bus, clock } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.after(answersMs, resolve);
      this.#settle = () => {
        timer.cancel();
        resolve();
      };
      void this.#subscription.ready.then(async () => {
        const others = await bus.send(this.#topic, { is: "ask" });
        const look = (): void => void (this.#answers >= others && this.#settle?.());
        this.#answered = look;
        look();
      });
    });
  }

  #tell(told: Told): void {
    this.#parts.bus.publish(this.#topic, told);
  }

  #tellAll(): void {
    const portions = portionsOf([...this.#around.pages().map(stateOf), ...this.#orphans()]);
    for (const [index, pages] of portions.entries())
      this.#tell({ is: "all", pages, first: index === 0, last: index === portions.length - 1 });
  }

  /** Pages that no node may tell of just now: their own has gone, or has not got them yet. Whoever asks sees them on. */
  #orphans(): readonly PageState[] {
    return [...this.#pages].flatMap(([id, { page, node }]) =>
      this.#graces.has(node) || this.#handedOver.has(id) ? [{ ...stateOf(page), node }] : [],
    );
  }

  #heard(told: Told, node: string): void {
    if (told.is === "ask") return this.#tellAll();
    if (told.is === "all" && told.first) this.#unnamed.set(node, this.#of(node));
    for (const state of told.pages) {
      this.#unnamed.get(node)?.delete(state.id);
      if (state.node === undefined || state.node === node) this.#told(state, node);
      else this.#toldBy(state, state.node, node);
    }
    if (told.is === "all" && told.last) {
      this.#drop(this.#unnamed.get(node) ?? []);
      this.#unnamed.delete(node);
      this.#answers += 1;
      this.#answered?.();
    }
    if (told.is === "changed") this.#drop(told.left.filter((id) => this.#pages.get(id)?.node === node));
  }

  /** By the node that has the page. */
  #told(state: PageState, node: string): void {
    this.#handedOver.delete(state.id);
    this.#take(state, node);
  }

  /** By another node than has the page: that counts when it was there until now, or nobody has told of it. */
  #toldBy(state: PageState, node: string, teller: string): void {
    const known = this.#pages.get(state.id);
    if (this.#around.isOwn(state.id) || (known && known.node !== teller)) return;
    this.#take(state, node);
    const { nodes, bus } = this.#parts;
    if (node !== bus.node && !nodes.others.includes(node) && !this.#graces.has(node)) this.#wait(node);
  }

  #take(state: PageState, node: string): void {
    const { id, joined } = state;
    if (node === this.#parts.bus.node) return;
    if (this.#around.isOwn(id)) return this.#around.disputed(id);
    for (const turn of [state.said?.turn, state.data?.turn]) if (turn !== undefined) this.#around.counted(turn);
    const known = this.#pages.get(id);
    if (known) this.#remove(id, known.page);
    const user = { domain: this.#domain, name: state.user };
    const page: Page = { ...state, user, joined: new Set(joined), watched: new Set(), tell: () => {} };
    this.#pages.set(id, { page, node });
    this.#around.entered(page);
  }

  #drop(ids: Iterable<string>): void {
    for (const id of ids) {
      const known = this.#pages.get(id);
      if (known) this.#remove(id, known.page);
    }
  }

  #remove(id: string, page: Page): void {
    this.#pages.delete(id);
    this.#handedOver.delete(id);
    this.#around.left(page);
  }

  #of(node: string): Set<string> {
    return new Set([...this.#pages].flatMap(([id, one]) => (one.node === node ? [id] : [])));
  }

  #wait(node: string): void {
    this.#stopWaiting(node);
    const timer = this.#parts.clock.after(lostGraceMs, () => {
      this.#graces.delete(node);
      this.#drop(this.#of(node));
    });
    this.#graces.set(node, timer);
  }

  #stopWaiting(node: string): void {
    this.#graces.get(node)?.cancel();
    this.#graces.delete(node);
  }
}

function stateOf({ id, user, name, here, leaving, said, data, joined }: Page): PageState {
  return {
    id,
    user: user.name,
    ...(name !== undefined && { name }),
    here,
    leaving,
    ...(said && { said }),
    ...(data && { data }),
    joined: [...joined],
  };
}

/** At least one: nobody is something to tell too. */
function portionsOf(pages: readonly PageState[]): readonly (readonly PageState[])[] {
  const count = Math.max(1, Math.ceil(pages.length / perTelling));
  return Array.from({ length: count }, (_, index) => pages.slice(index * perTelling, (index + 1) * perTelling));
}
