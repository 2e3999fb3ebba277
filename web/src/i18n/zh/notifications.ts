import type { Translated } from '../catalogue';
import type { notifications as english } from '../en/notifications';

/** 中文：通知、声音与提醒。 */
export const notifications: Translated<typeof english> = {
  'update.ready': '新版本已就绪。',
  'update.take': '更新',
};
