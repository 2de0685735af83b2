import { limits } from "../../gateway/protocol/version.ts";
import type { Background, BoardElement } from "./element.ts";

/** One change of a board: puts elements there, in place of those with the same ids, and takes others away. */
export interface Change {
  readonly put: readonly BoardElement[];
  readonly remove: readonly string[];
  readonly background?: Background;
}

/** What a change costs of `limits.draw`, about. */
const costOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length + 1;

/** Room for a frame's other fields. */
const frame = 512;

/** Changes that are small enough to be sent, in order, and together do what `change` does. */
export function split({ put, remove, background }: Change): readonly Change[] {
  const parts: { put: BoardElement[]; remove: string[]; background?: Background; cost: number }[] = [];
  const room = (cost: number, full: (part: Change) => boolean) => {
    const last = parts.at(-1);
    const part = last && last.cost + cost <= limits.draw && !full(last) ? last : { put: [], remove: [], cost: frame };
    if (part !== last) parts.push(part);
    part.cost += cost;
    return part;
  };
  for (const id of remove) room(costOf(id), (part) => part.remove.length >= limits.remove).remove.push(id);
  for (const element of put) room(costOf(element), (part) => part.put.length >= limits.put).put.push(element);
  if (background) room(costOf(background), () => false).background = background;
  return parts.map(({ cost: _cost, ...part }) => part);
}

/** Both, one after the other, as one. */
export function joined(first: Change, second: Change): Change {
  const put = new Map(first.put.map((element) => [element.elementId, element]));
  const remove = new Set(first.remove);
  for (const id of second.remove) {
    put.delete(id);
    remove.add(id);
  }
  for (const element of second.put) {
    put.set(element.elementId, element);
    remove.delete(element.elementId);
  }
  const background = second.background ?? first.background;
  return { put: [...put.values()], remove: [...remove], ...(background && { background }) };
}
