// Programs as a user starts them: how long each takes, and how much memory it needs at most.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs a program to its end.
 * @param wanted the exit code that it must end with
 * @returns milliseconds, and the most memory that it had, in MiB, where the system tells (Linux)
 */
export async function run([program, ...args], { env = {}, cwd, wanted = 0 } = {}) {
  const start = process.hrtime.bigint();
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece) => {
    said += piece;
  });
  let memory = 0;
  const watch = setInterval(() => {
    memory = Math.max(memory, residentOf(child.pid));
  }, 25);
  const code = await new Promise((done, failed) => child.once('exit', done).once('error', failed));
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  clearInterval(watch);
  if (code !== wanted) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`);
  return { milliseconds, memory };
}

/** The most memory that a process has had so far, MiB: Linux keeps that mark itself. */
export function residentOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * Runs each of several programs in turn, so often, so that a busy machine slows all of them alike.
 * @param cases by name: a function from the number of the round to what `run` gives
 * @returns by name: the median of the milliseconds, and the most memory of any round
 */
export async function interleave(rounds, cases) {
  const ends = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(cases)) ends[name].push(await start(round));
  }
  const figures = Object.entries(ends).map(([name, list]) => {
    const times = list.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    return [name, { time: times[Math.floor(rounds / 2)], memory: Math.max(...list.map(({ memory }) => memory)) }];
  });
  return Object.fromEntries(figures);
}
