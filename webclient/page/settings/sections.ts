/** The parts of the settings. */
export const sections = ["status", "sound", "ringing", "appearance", "keyboard", "line"] as const;
export type Section = (typeof sections)[number];
