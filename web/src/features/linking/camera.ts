import { cameraReader } from './readQr';

/** Why there is no picture. */
export type NoCamera = 'none' | 'denied' | 'insecure' | 'busy';

/** How often a frame is looked at: often enough to feel at once, seldom enough to stay cool. */
const LOOK_EVERY_MS = 120;

export class CameraError extends Error {
  readonly why: NoCamera;

  constructor(why: NoCamera) {
    super(why);
    this.why = why;
  }
}

/** Opens the camera that looks away from the person, shows it in `video`, and tells each code it sees until it is ended. */
export async function watchForCodes(
  video: HTMLVideoElement,
  onCode: (text: string) => void,
): Promise<() => void> {
  const stream = await openCamera();
  let ended = false;
  const end = () => {
    ended = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    await video.play();
    const read = await cameraReader();
    const look = async () => {
      if (ended) return;
      const size = { width: video.videoWidth, height: video.videoHeight };
      const text = size.width > 0 ? await read(video, size).catch(() => null) : null;
      if (ended) return;
      if (text !== null) onCode(text);
      setTimeout(() => void look(), LOOK_EVERY_MS);
    };
    void look();
    return end;
  } catch (error) {
    end();
    throw error;
  }
}

async function openCamera(): Promise<MediaStream> {
  if (!window.isSecureContext) throw new CameraError('insecure');
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('none');
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'NotAllowedError' || name === 'SecurityError') throw new CameraError('denied');
    if (name === 'NotReadableError' || name === 'AbortError') throw new CameraError('busy');
    throw new CameraError('none');
  }
}
