/**
 * A state machine as a table: state → input → next state and what is done on the way. An input without an entry
 * is ignored in that state.
 */
export type StateTable<State extends string, Input extends string, Effect extends string> = {
  readonly [state in State]: { readonly [input in Input]?: readonly [to: State, ...effects: Effect[]] };
};
