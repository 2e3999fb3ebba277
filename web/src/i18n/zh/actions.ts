import type { Translated } from '../catalogue';
import type { actions as english } from '../en/actions';

/** 中文：对消息的操作。 */
export const actions: Translated<typeof english> = {
  'action.menu': '消息操作',
  'action.copy': '复制',
  'action.copied': { other: '已复制 {count} 条消息' },
  'action.not_copied': '浏览器不允许复制。请选中文字后手动复制。',
  'action.quote': '引用',
  'action.delete': '仅为我删除',
  'action.deleted': { other: '已从这台设备删除 {count} 条消息' },
  'action.edit_again': '重新编辑',
  'quote.not_here': '这条消息已不在这台设备上。',
  'quote.drop': '取消引用',
  'quote.you': '你',
};
