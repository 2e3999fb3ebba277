import type { Translated } from '../catalogue';
import type { search as english } from '../en/search';

/** 中文：搜索。 */
export const search: Translated<typeof english> = {};
