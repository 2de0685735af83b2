/** The methods of RFC 3261 and of what extends it: RFC 3262, 3311, 3428, 3515, 3903, 6086, 6665. */
export const knownMethods: ReadonlySet<string> = new Set(
  "INVITE ACK BYE CANCEL OPTIONS REGISTER PRACK UPDATE INFO MESSAGE NOTIFY SUBSCRIBE PUBLISH REFER".split(" "),
);
