import type { Translated } from '../catalogue';
import type { archive as english } from '../en/archive';

/** 中文：本机存储、历史记录的导出与导入。 */
export const archive: Translated<typeof english> = {};
