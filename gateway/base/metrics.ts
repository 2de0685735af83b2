import { Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * The metrics of one process in Prometheus form. A gauge reads its value when scraped, so it cannot drift from
 * what it counts. Names: `offhook_<noun>_<unit>`; a label has a small closed set of values.
 */
export class Metrics {
  readonly #registry = new Registry();

  /** A gauge whose value is asked for at each scrape. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  counter<Label extends string>(name: string, help: string, labels: readonly Label[] = []): CounterOf<Label> {
    const counter = new Counter({ name, help, labelNames: [...labels], registers: [this.#registry] });
    return { add: (values, by = 1) => counter.inc(values as Record<Label, string>, by) };
  }

  /** `buckets` in the unit that the name ends with. */
  histogram<Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labels: readonly Label[] = [],
  ): HistogramOf<Label> {
    const histogram = new Histogram({ name, help, buckets, labelNames: [...labels], registers: [this.#registry] });
    return { observe: (values, value) => histogram.observe(values as Record<Label, string>, value) };
  }

  /** All metrics as Prometheus text exposition. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

export interface CounterOf<Label extends string> {
  add(values: Record<Label, string>, by?: number): void;
}

export interface HistogramOf<Label extends string> {
  observe(values: Record<Label, string>, value: number): void;
}
