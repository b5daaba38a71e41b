// Loaded before docrow (node --import): writes at the end what the whole process has used, its threads included.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * The peak of the resident memory, in KiB. `maxRSS` is the second choice: on Linux it may be that of the process
 * which started this one.
 */
function peakKibibytes() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (peak !== undefined) return Number(peak);
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
}

const file = process.env['DOCROW_BENCH_USAGE'];
if (isMainThread && file) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMebibytes: peakKibibytes() / 1024 };
    writeFileSync(file, JSON.stringify(usage));
  });
}
