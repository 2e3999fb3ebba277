import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { SocketLike } from '../../web/src/sync/environment';

/** A WebSocket that a test can break as networks do: in the middle of a frame, in either direction, without a goodbye. */
export type RawSocket = SocketLike & { cut(): void };

/** Opens the real socket of the server with a session. Text frames only: the protocol has no others. */
export function rawSocket(origin: string, token: string): RawSocket {
  let line: Socket | null = null;
  let over = false;
  let text = '';
  const end = (code: number) => {
    if (over) return;
    over = true;
    line?.destroy();
    setImmediate(() => socket.onclose?.({ code }));
  };
  const socket: RawSocket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (data) => line?.write(frame(1, Buffer.from(data))),
    close: () => end(1000),
    cut: () => end(1006),
  };
  const asked = request(`${origin}/v1/socket`, {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      Authorization: `Bearer ${token}`,
    },
  });
  asked.on('error', () => end(1006));
  asked.on('response', () => end(1006));
  asked.on('upgrade', (_, opened: Socket, first: Buffer) => {
    line = opened;
    if (over) return void opened.destroy();
    let rest = first;
    const read = (more: Buffer) => {
      rest = Buffer.concat([rest, more]);
      for (let part = parsed(rest); part && !over; part = parsed(rest)) {
        rest = rest.subarray(part.length);
        if (part.opcode === 8) return end(part.payload.length >= 2 ? part.payload.readUInt16BE(0) : 1005);
        if (part.opcode === 9) opened.write(frame(10, part.payload));
        if (part.opcode > 2) continue;
        text += part.payload.toString();
        if (!part.final) continue;
        socket.onmessage?.({ data: text });
        text = '';
      }
    };
    opened.on('data', read);
    opened.on('error', () => end(1006));
    opened.on('close', () => end(1006));
    socket.onopen?.();
    if (first.length > 0) read(Buffer.alloc(0));
  });
  asked.end();
  return socket;
}

/** One frame from a client: masked, as the standard asks. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (length < 126 ? length : 126);
  if (length >= 126) head.writeUInt16BE(length, 2);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return Buffer.concat([head, mask, masked]);
}

type Part = { final: boolean; opcode: number; payload: Buffer; length: number };

/** The first whole frame of what came from the server; null while it is incomplete. */
function parsed(data: Buffer): Part | null {
  if (data.length < 2) return null;
  const short = (data[1] ?? 0) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (data.length < head) return null;
  const size = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
  if (data.length < head + size) return null;
  const first = data[0] ?? 0;
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload: data.subarray(head, head + size), length: head + size };
}
