import { notify } from './notices';
import { openChat, route } from './router';

/** A file dropped beside what takes files would replace the page by itself, with all that was being written. */
export function watchDrops(): void {
  const keep = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files') || takesFiles(event.target)) return;
    event.preventDefault();
    if (event.type === 'drop') sayTextOnly(event.dataTransfer);
  };
  window.addEventListener('dragover', keep);
  window.addEventListener('drop', keep);
}

/** Where somebody meant to send a file, silence would look as if it had worked. */
export function sayTextOnly({ files, types }: Pick<DataTransfer, 'files' | 'types'>): void {
  if (files.length > 0 && !types.includes('text/plain') && openChat(route.get())) {
    notify('conversation.text_only');
  }
}

function takesFiles(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'file';
}
