import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface RunningProcess {
  /** The command line; empty where the system does not tell it. */
  readonly command: string;
  /** Differs for two processes that get the same pid one after the other; empty where the system does not tell it. */
  readonly startMark: string;
}

/**
 * The process with this pid, or undefined where there is none.
 * A zombie counts as none: in a container whose first process reaps nothing it would stay for ever.
 */
export function inspectProcess(pid: number): RunningProcess | undefined {
  if (process.platform === 'linux') return inspectByProc(pid);
  if (process.platform === 'win32') return isSignallable(pid) ? { command: '', startMark: '' } : undefined;
  return inspectByPs(pid);
}

function inspectByProc(pid: number): RunningProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in parentheses may hold spaces; after it come state (field 3) … start time (field 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trimEnd();
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { command, startMark: `${bootId}/${fields[19]}` };
  } catch {
    return undefined;
  }
}

function inspectByPs(pid: number): RunningProcess | undefined {
  const ask = (column: string) =>
    spawnSync('ps', ['-p', String(pid), '-ww', '-o', `${column}=`], { encoding: 'utf8' }).stdout?.trim() ??
    '';
  const state = ask('stat');
  if (state === '' || state.startsWith('Z')) return undefined;
  return { command: ask('command'), startMark: ask('lstart') };
}

function isSignallable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
