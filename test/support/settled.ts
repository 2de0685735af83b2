/** Lets every promise that can settle without a timer settle. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
