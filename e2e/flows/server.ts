import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Time a server may take to say that it listens. */
const READY_WITHIN_MS = 15_000;

export type Server = {
  origin: string;
  restart(): Promise<void>;
  /** Ends it as a power cut does, and starts it again over what is on disk. */
  crash(): Promise<void>;
  stop(): Promise<void>;
};

/** The client's build that the tests take apart; the server embeds the same one. */
export const CLIENT = process.env.BILLET_WEB ?? join(import.meta.dirname, '../../web/dist');

/** Starts the release binary over an empty folder, and ends it by its own pid. `client` serves that folder's client. */
export async function startServer(client?: string): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'billet-e2e-'));
  let [child, origin] = await run(folder, '127.0.0.1:0', client);
  return {
    origin,
    restart: async () => {
      await end(child);
      [child] = await run(folder, new URL(origin).host, client);
    },
    crash: async () => {
      await end(child, 'SIGKILL');
      [child] = await run(folder, new URL(origin).host, client);
    },
    stop: async () => {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(folder: string, listen: string, client?: string): Promise<[ChildProcess, string]> {
  const binary = process.env.BILLET_BINARY ?? process.env.BILLET_BIN ?? join(import.meta.dirname, '../../target/release/billet');
  const child = spawn(binary, ['serve', '--demo', '--listen', listen, '--data', join(folder, 'data'), ...(client ? ['--web', client] : [])], {
    stdio: ['ignore', 'pipe', process.env.BILLET_LOG ? 'inherit' : 'ignore'],
  });
  const origin = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${binary} did not say that it listens`)), READY_WITHIN_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${binary} ended with ${code}; set BILLET_LOG=1 to see why`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = line.match(/listening on (http:\/\/\S+)/)?.[1];
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return [child, origin];
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
