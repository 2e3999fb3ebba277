/** Time, chance and the network come in as arguments, so that tests can script them. */
export type Environment = {
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Runs `then` once after `ms`; the answer cancels it. */
  after(ms: number, then: () => void): () => void;
  openSocket(): SocketLike;
  newClientId(): string;
};

/** The part of WebSocket that the engine uses. */
export type SocketLike = {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
};

export function browserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    openSocket: () => {
      const url = new URL('/v1/socket', self.location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(url) as unknown as SocketLike;
    },
    newClientId: () => crypto.randomUUID(),
  };
}
