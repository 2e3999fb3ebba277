import type { Translated } from '../catalogue';
import type { actions as english } from '../en/actions';

/** 中文：对消息的操作。 */
export const actions: Translated<typeof english> = {};
