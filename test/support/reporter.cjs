// A line a test, and the counts with the failures in a file for test/run.mjs, which adds up several runs.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const { output } = options.reporterOptions ?? {};
    const failed = [];
    runner.on("fail", (test, error) => failed.push({ title: test.fullTitle(), error: String(error.stack ?? error) }));
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      if (output) writeFileSync(output, JSON.stringify({ passes, failures, pending, failed }));
    });
  }
}

module.exports = CountingReporter;
