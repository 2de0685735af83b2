/**
 * The program that a test starts: of a source such as `gateway/main.ts` its build, where `npm test` made one
 * (OFFHOOK_TEST_BUILT), else the source itself. Compiling a gateway at each start costs seconds of a processor.
 */
export const entryOf = (source: string): string => {
  const built = process.env["OFFHOOK_TEST_BUILT"] !== undefined && /^gateway\/.*\.ts$/.test(source);
  return built ? `dist/${source.replace(/ts$/, "js")}` : source;
};

/** What Node.js needs to run an entry. */
export const loaderOf = (entry: string): string[] => (entry.endsWith(".ts") ? ["--import", "tsx"] : []);
