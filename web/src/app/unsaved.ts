/** Ways to write down what is only on screen yet, before the page is loaded anew. */
const savers = new Set<() => Promise<void>>();

/** Calls `save` before a reload that the client does by itself; the answer ends that. */
export function saveBeforeReload(save: () => Promise<void>): () => void {
  savers.add(save);
  return () => savers.delete(save);
}

/** Writes all of it down. What cannot be written does not keep the rest. */
export async function saveAll(): Promise<void> {
  await Promise.allSettled([...savers].map((save) => save()));
}
