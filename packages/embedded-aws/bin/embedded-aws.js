#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

// The repository runs the sources. The packed package has no sources and runs what the build has made of them.
const source = new URL('../src/command.ts', import.meta.url);
const command = existsSync(source) ? source : new URL('../dist/embedded-aws/src/command.js', import.meta.url);
const { runCommand } = await import(command.href);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
process.exitCode = await runCommand(process.argv.slice(2), version);
