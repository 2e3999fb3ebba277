import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { api } from '../../api/api';
import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { remember } from '../../app/session';
import { useAction } from '../../app/useAction';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import styles from './Photo.module.css';
import { PhotoEditor } from './PhotoEditor';
import { openPicture } from './picture';

/** One's own picture: chosen or taken, cut square, or removed. */
export function Photo() {
  const t = useT();
  const { me } = useAccount();
  const { busy, run } = useAction();
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  useEffect(() => () => picture?.close(), [picture]);
  const open = async (file: Blob) => {
    const opened = await openPicture(file);
    if (opened) setPicture(opened);
    else notify('photo.unreadable');
  };
  const remove = () =>
    run(async () => {
      remember(await api.removePhoto());
      notify('photo.removed');
    });
  return (
    <div className={styles.photo}>
      <Avatar id={me.account_id} name={me.alias} photo={me.photo} size={120} />
      <div className={styles.buttons}>
        <FileButton label={t('photo.choose')} onFile={open} />
        {/* A desk has no camera worth naming; phones open theirs at once. */}
        <span className={styles.touch}>
          <FileButton label={t('photo.take')} capture onFile={open} />
        </span>
        {me.photo && (
          <Button kind="danger" busy={busy} onClick={remove}>
            {t('photo.remove')}
          </Button>
        )}
      </div>
      <p className={styles.hint}>{t('photo.who')}</p>
      {picture && <PhotoEditor picture={picture} onClose={() => setPicture(null)} />}
    </div>
  );
}

function FileButton({
  label,
  capture = false,
  onFile,
}: {
  label: string;
  capture?: boolean;
  onFile: (file: Blob) => Promise<void>;
}) {
  const input = useRef<HTMLInputElement>(null);
  const onChange = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    // The same file can be chosen again.
    event.target.value = '';
    if (file) void onFile(file);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        {...(capture ? { capture: 'user' as const } : {})}
        className="visually-hidden"
        tabIndex={-1}
        aria-label={label}
        onChange={onChange}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}
