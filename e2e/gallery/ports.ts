import { type AddressInfo, createServer } from 'node:net';

/** Two free ports for the two builds, chosen by the first process; those it starts inherit them, so that all mean the same. */
process.env.BILLET_GALLERY_PORTS ??= (await freePorts()).join(' ');
const [product = '', longest = ''] = process.env.BILLET_GALLERY_PORTS.split(' ');

export const ORIGINS = { product: `http://127.0.0.1:${product}`, longest: `http://127.0.0.1:${longest}` };

async function freePorts(): Promise<number[]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
