/** Which applications take new requests of which method: in turn (round robin). */
export class RouteTable<Link> {
  readonly #links = new Map<string, Link[]>();
  /** Verbs that anybody ever asked for. */
  readonly #known = new Set<string>();

  /** Registers `link` for a verb; again is the same as once. */
  add(verb: string, link: Link): void {
    this.#known.add(verb);
    const links = this.#links.get(verb) ?? [];
    if (!links.includes(link)) this.#links.set(verb, [...links, link]);
  }

  remove(verb: string, link: Link): void {
    const rest = (this.#links.get(verb) ?? []).filter((one) => one !== link);
    if (rest.length > 0) this.#links.set(verb, rest);
    else this.#links.delete(verb);
  }

  removeAll(link: Link): void {
    for (const verb of [...this.#links.keys()]) this.remove(verb, link);
  }

  /** The verbs that are taken now. */
  get verbs(): string[] {
    return [...this.#links.keys()];
  }

  /** True for a verb that was ever taken, be it by an application that is gone and may come back. */
  knows(verb: string): boolean {
    return this.#known.has(verb);
  }

  /** The next application for `verb` of those that `fits` says yes to, or undefined. */
  next(verb: string, fits: (link: Link) => boolean = () => true): Link | undefined {
    const links = this.#links.get(verb);
    const link = links?.find(fits);
    if (links && link !== undefined) links.push(...links.splice(links.indexOf(link), 1));
    return link;
  }
}
