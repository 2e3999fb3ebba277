import type { Translated } from '../catalogue';
import type { linking as english } from '../en/linking';

/** 中文：用二维码登录另一台设备。 */
export const linking: Translated<typeof english> = {};
