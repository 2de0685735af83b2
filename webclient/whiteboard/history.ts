import type { Change } from "./change.ts";
import type { Background, BoardElement } from "./element.ts";

/** What there is now. */
export interface Present {
  get(id: string): BoardElement | undefined;
  readonly background: Background;
}

/** What one step of the user made of each element that it touched, and of the background. */
interface Step {
  readonly elements: Map<string, { readonly before: BoardElement | undefined; after: BoardElement | undefined }>;
  background?: { readonly before: Background; readonly after: Background };
}

/** Steps that can be undone. */
const longest = 200;

/**
 * The user's own steps, and how they are undone. What others have done since stays: what they erased does not come back
 * by undoing a change of it.
 */
export class BoardHistory {
  #done: Step[] = [];
  #undone: Step[] = [];

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Before `change` is made. `more`: it belongs to the step before it. */
  record(change: Change, now: Present, more = false): void {
    const last = more ? this.#done.at(-1) : undefined;
    const step: Step = last ?? { elements: new Map() };
    const note = (id: string, after: BoardElement | undefined): void => {
      const known = step.elements.get(id);
      if (known) known.after = after;
      else step.elements.set(id, { before: now.get(id), after });
    };
    for (const id of change.remove) note(id, undefined);
    for (const element of change.put) note(element.elementId, element);
    const before = step.background?.before ?? now.background;
    if (change.background) step.background = { before, after: change.background };
    if (!last) this.#done.push(step);
    if (this.#done.length > longest) this.#done.shift();
    this.#undone = [];
  }

  /** What undoes the last step; undefined when there is none. */
  undo(now: Present): Change | undefined {
    const step = this.#done.pop();
    if (!step) return undefined;
    this.#undone.push(step);
    return leading(step, "after", "before", now);
  }

  /** What does again what was undone last; undefined when there is nothing. */
  redo(now: Present): Change | undefined {
    const step = this.#undone.pop();
    if (!step) return undefined;
    this.#done.push(step);
    return leading(step, "before", "after", now);
  }
}

function leading(step: Step, from: "before" | "after", to: "before" | "after", now: Present): Change {
  const put: BoardElement[] = [];
  const remove: string[] = [];
  for (const [id, element] of step.elements) {
    const wanted = element[to];
    const isThere = now.get(id) !== undefined;
    if (!wanted && isThere) remove.push(id);
    if (wanted && (isThere || !element[from])) put.push(wanted);
  }
  return { put, remove, ...(step.background && { background: step.background[to] }) };
}
