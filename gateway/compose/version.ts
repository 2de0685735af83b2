/** The gateway's version, as package.json has it: a unit test compares them. */
export const version = "0.2.0";
