export const usage: string;

/** The command line of npm start as settings, or what is wrong with it. */
export function readFlags(
  words: readonly string[],
):
  | { readonly fault: string }
  | { readonly fault?: undefined; readonly yes: boolean; readonly help: boolean; readonly settings: NodeJS.ProcessEnv };
