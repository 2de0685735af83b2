/** What a browser does with addresses and cookies: it keeps those of each host, follows redirects, sends forms. */
export class HttpBrowser {
  /** By host name, as browsers do: not by port. */
  readonly #cookies = new Map<string, Map<string, string>>();

  /** One request, without following where it leads. */
  async request(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { hostname } = new URL(url);
    const headers = new Headers(init.headers);
    const jar = [...(this.#cookies.get(hostname) ?? [])].map(([name, value]) => `${name}=${value}`);
    if (jar.length > 0) headers.set("cookie", jar.join("; "));
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) this.#keep(hostname, line);
    return answer;
  }

  /** Follows redirects until something else comes, or until an address at `stop`. */
  async visit(url: string, stop: (url: URL) => boolean = () => false): Promise<{ url: URL; text: string }> {
    let at = new URL(url);
    for (let hops = 0; hops < 20; hops++) {
      if (stop(at)) return { url: at, text: "" };
      const answer = await this.request(at);
      const location = answer.headers.get("location");
      const text = await answer.text();
      if (location === null) return { url: at, text };
      at = new URL(location, at);
    }
    throw new Error(`too many redirects, at ${at.href}`);
  }

  /** Sends a form; where that leads. */
  async submit(url: URL, fields: Readonly<Record<string, string>>): Promise<string> {
    const answer = await this.request(url, { method: "POST", body: new URLSearchParams(fields) });
    return new URL(answer.headers.get("location") ?? "", url).href;
  }

  /** POST of a page of that origin with a JSON body. */
  post(url: string, body: unknown = undefined, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const init = { method: "POST", headers: { origin: new URL(url).origin, ...json, ...headers } };
    return this.request(url, { ...init, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  cookie(hostname: string, name: string): string | undefined {
    return this.#cookies.get(hostname)?.get(name);
  }

  setCookie(hostname: string, name: string, value: string): void {
    this.#keep(hostname, `${name}=${value}`);
  }

  #keep(hostname: string, line: string): void {
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>();
    this.#cookies.set(hostname, jar);
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const gone = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=thu, 01 jan 1970/i.test(one));
    if (gone) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
