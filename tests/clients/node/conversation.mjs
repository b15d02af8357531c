// A client program reads what to do as one line of JSON, says what it wants or got as lines of JSON, and reads the
// answers the same way.

import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Says one thing. */
export function say(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Hears one thing. */
export async function hear() {
  return JSON.parse((await lines.next()).value);
}

/** Nothing more will be heard: a program that has said everything may end. */
export function end() {
  process.stdin.destroy();
}
