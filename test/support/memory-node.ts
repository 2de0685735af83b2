import type { Clock } from "../../gateway/base/clock.ts";
import { MemoryBus, MemoryHub } from "../../gateway/directory/memory/memory-bus.ts";
import { Nodes } from "../../gateway/directory/nodes.ts";

/** One of the nodes of `hub`, or one that is alone. Whoever opens it calls `leave` of its `nodes`. */
export function memoryNode(clock: Clock, hub = new MemoryHub()): { readonly bus: MemoryBus; readonly nodes: Nodes } {
  const bus = new MemoryBus(hub);
  return { bus, nodes: new Nodes(bus, clock) };
}
