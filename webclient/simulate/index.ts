export { Simulation, type SimulationOptions } from "./simulation.ts";
export { FarCall, type FarCallEvents } from "./far-call.ts";
export { byName, type Behaviour, type Rule } from "./behaviour.ts";
export type { MicrophoneFault } from "./media.ts";
