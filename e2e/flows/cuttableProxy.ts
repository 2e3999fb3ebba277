import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export type CuttableProxy = {
  address: string;
  /** Every server that the browser asked for, pages and worker alike, and what of it where that can be read: `host:port/path`. */
  readonly asked: ReadonlySet<string>;
  /** Ends every connection and refuses new ones: what a lost network does, sockets included. */
  cut(): void;
  /** Lets connections through again. */
  mend(): void;
  close(): Promise<void>;
};

/** An HTTP proxy for one browser. Playwright's own `setOffline` leaves open WebSockets open. */
export async function cuttableProxy(): Promise<CuttableProxy> {
  let whole = true;
  const sockets = new Set<Socket>();
  const asked = new Set<string>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming, answer) => {
    const url = new URL(incoming.url ?? '/');
    asked.add(url.host + url.pathname + url.search);
    const outgoing = request(
      { host: url.hostname, port: url.port, path: url.pathname + url.search, method: incoming.method, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connection', (socket) => {
    track(socket);
    if (!whole) socket.destroy();
  });
  server.on('connect', (incoming, client: Socket) => {
    const [host, port] = (incoming.url ?? '').split(':');
    asked.add(incoming.url ?? '');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    track(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    cut: () => {
      whole = false;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      whole = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
