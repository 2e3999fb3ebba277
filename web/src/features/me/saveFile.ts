import type { Sink } from '../../sync/archive/exportHistory';
import type { Bytes } from '../../sync/archive/sealing';

type SavePicker = (options: { suggestedName: string }) => Promise<{
  createWritable(): Promise<{
    write(data: Bytes): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
}>;

/** Bytes put together at a time: browsers may lay such a piece on disk instead of keeping it in memory. */
const PIECE = 8 * 1024 * 1024;

/** A file on this device, chosen by the person where the browser can do that, else a download. Null: thought better of it. */
export async function openSink(name: string): Promise<Sink | null> {
  const pick = (window as unknown as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
  if (!pick) return download(name);
  try {
    const handle = await pick.call(window, { suggestedName: name });
    return await handle.createWritable();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

function download(name: string): Sink {
  let pieces: Blob[] = [];
  let loose: Bytes[] = [];
  let size = 0;
  const gather = () => {
    pieces.push(new Blob(loose));
    loose = [];
    size = 0;
  };
  return {
    write: async (bytes) => {
      loose.push(bytes);
      size += bytes.length;
      if (size >= PIECE) gather();
    },
    close: async () => {
      gather();
      const url = URL.createObjectURL(new Blob(pieces, { type: 'application/octet-stream' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    abort: async () => {
      pieces = [];
      loose = [];
    },
  };
}
