#!/usr/bin/env node
import process from 'node:process';
import { createUseCases } from '../resources/use-cases.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

// A reader that goes away (`docrow … | head`) ends nothing: the run's result does not depend on who reads it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Only a result ends docrow well: a transform that ended the process would otherwise look like success.
process.exitCode = 1;

// Exits at once instead of waiting: a socket left over by a connection that was cut must not hold a result back.
process.exit(await runCli(processTerminal(), createUseCases()));
