export * from "./causes.ts";
export * from "./client-frame.ts";
export * from "./codec.ts";
export * from "./message-values.ts";
export * from "./server-frame.ts";
export * from "./values.ts";
export * from "./version.ts";
export * from "./whiteboard-values.ts";
