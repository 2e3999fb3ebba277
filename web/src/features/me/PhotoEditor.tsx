import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react';
import { api } from '../../api/api';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { remember } from '../../app/session';
import { useAction } from '../../app/useAction';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { type Crop, moved, nearness, wholeCrop, withNearness, zoomed } from './crop';
import styles from './Photo.module.css';
import { cutOut, drawCrop } from './picture';

/** Drawn at twice the size it has on screen, for fine screens. */
const STAGE_PX = 560;
const KEY_STEP = 0.05;
const KEY_ZOOM = 1.15;

/** A square is cut out of a picture: by dragging, by a wheel or two fingers, by the slider, or by keys. */
export function PhotoEditor({ picture, onClose }: { picture: ImageBitmap; onClose: () => void }) {
  const t = useT();
  const { busy, run } = useAction();
  const [crop, setCrop] = useState(() => wholeCrop(picture));
  const save = () =>
    run(async () => {
      remember(await api.changePhoto(await cutOut(picture, crop)));
      notify('app.saved');
      onClose();
    });
  return (
    <Dialog
      title={t('photo.crop')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button kind="primary" busy={busy} onClick={save}>
            {t('photo.use')}
          </Button>
        </>
      }
    >
      <Stage picture={picture} crop={crop} onCrop={setCrop} />
      <label className={styles.zoom}>
        <span>{t('photo.zoom')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={nearness(crop, picture)}
          onChange={(event) => setCrop(withNearness(crop, picture, Number(event.target.value)))}
        />
      </label>
    </Dialog>
  );
}

type StageProps = {
  picture: ImageBitmap;
  crop: Crop;
  onCrop: (change: (crop: Crop) => Crop) => void;
};

function Stage({ picture, crop, onCrop }: StageProps) {
  const t = useT();
  const canvas = useRef<HTMLCanvasElement>(null);
  const hint = useId();
  const hand = useHand(picture, onCrop);
  useEffect(() => {
    if (canvas.current) drawCrop(canvas.current, picture, crop);
  }, [picture, crop]);
  // React listens to wheels passively; this one must keep the page from scrolling.
  useEffect(() => {
    const stage = canvas.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      onCrop((now) => zoomed(now, picture, Math.exp(-event.deltaY / 400)));
    };
    stage?.addEventListener('wheel', onWheel, { passive: false });
    return () => stage?.removeEventListener('wheel', onWheel);
  }, [picture, onCrop]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    onCrop((now) => step(now, picture));
  };
  return (
    <>
      <canvas
        ref={canvas}
        className={styles.stage}
        width={STAGE_PX}
        height={STAGE_PX}
        tabIndex={0}
        role="img"
        aria-label={t('photo.stage')}
        aria-describedby={hint}
        onKeyDown={onKeyDown}
        {...hand}
      />
      <p id={hint} className={styles.hint}>
        {t('photo.hint')}
      </p>
    </>
  );
}

/** An arrow looks further in its direction, as a map does. */
const STEPS: Record<string, (crop: Crop, picture: ImageBitmap) => Crop> = {
  ArrowLeft: (crop, picture) => moved(crop, picture, KEY_STEP, 0),
  ArrowRight: (crop, picture) => moved(crop, picture, -KEY_STEP, 0),
  ArrowUp: (crop, picture) => moved(crop, picture, 0, KEY_STEP),
  ArrowDown: (crop, picture) => moved(crop, picture, 0, -KEY_STEP),
  '+': (crop, picture) => zoomed(crop, picture, KEY_ZOOM),
  '=': (crop, picture) => zoomed(crop, picture, KEY_ZOOM),
  '-': (crop, picture) => zoomed(crop, picture, 1 / KEY_ZOOM),
};

/** One finger or the mouse moves; two fingers also come nearer or go away. */
function useHand(picture: ImageBitmap, onCrop: StageProps['onCrop']) {
  const held = useRef(new Map<number, { x: number; y: number }>());
  const spread = () => {
    const [a, b] = [...held.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : null;
  };
  const release = (event: PointerEvent<HTMLCanvasElement>) => held.current.delete(event.pointerId);
  return {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => {
      const from = held.current.get(event.pointerId);
      if (!from) return;
      const before = spread();
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      const after = spread();
      const side = event.currentTarget.clientWidth;
      const [right, down] = [(event.clientX - from.x) / side, (event.clientY - from.y) / side];
      const part = 1 / held.current.size;
      onCrop((now) => {
        const there = moved(now, picture, right * part, down * part);
        return before && after ? zoomed(there, picture, after / before) : there;
      });
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}
