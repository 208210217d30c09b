#!/usr/bin/env node
// Starts the program in the package for this platform, which npm installs with this one.
"use strict";

const { spawn } = require("node:child_process");
const os = require("node:os");

const name = `@provlint/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "provlint.exe" : "provlint";

let program;
try {
  program = require.resolve(`${name}/${file}`);
} catch {
  console.error(
    `provlint: the package ${name} is not installed. Install provlint without --omit=optional; ` +
      "if there is no package for this platform, build provlint from source: https://github.com/provlint/provlint",
  );
  process.exit(2);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`provlint: ${program} cannot be started: ${error.message}`);
  process.exit(2);
});
// A terminal sends Ctrl-C to both; the program decides when to end.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code));
