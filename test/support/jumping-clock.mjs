// Preloaded (node --import) into a program whose wall clock is to jump: SIGPWR sets it an hour ahead, SIGWINCH an hour
// back from where it began. Its timers do not jump, as in the kernel.
const real = Date;
let jump = 0;
globalThis.Date = class extends real {
  constructor(...values) {
    if (values.length === 0) super(real.now() + jump);
    else super(...values);
  }
  static now() {
    return real.now() + jump;
  }
};
process.on("SIGPWR", () => (jump = 3_600_000));
process.on("SIGWINCH", () => (jump = -3_600_000));
