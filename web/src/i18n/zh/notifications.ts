import type { Translated } from '../catalogue';
import type { notifications as english } from '../en/notifications';

/** 中文：通知、声音与提醒。 */
export const notifications: Translated<typeof english> = {};
