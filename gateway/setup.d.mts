/** Debian packages by the program or path that shows that one is there. */
type Packages = Readonly<Record<string, string>>;

export const packages: { readonly relay: Packages; readonly tests: Packages };

/** Installs what is missing, and builds when sources have changed. */
export function prepare(options: { debian: Packages; build: boolean; yes: boolean; optional?: boolean }): Promise<void>;
