import type { Translated } from '../catalogue';
import type { actions as english } from '../en/actions';

/** 中文：对消息的操作。 */
export const actions: Translated<typeof english> = {
  'action.menu': '消息操作',
  'action.copy': '复制',
  'action.copied': { other: '已复制 {count} 条消息' },
  'action.not_copied': '浏览器不允许复制。请选中文字后手动复制。',
  'action.quote': '引用',
  'action.forward': '转发',
  'action.choose': '多选',
  'action.delete': '仅为我删除',
  'action.deleted': { other: '已从这台设备删除 {count} 条消息' },
  'action.edit_again': '重新编辑',
  'chosen.bar': '已选的消息',
  'chosen.count': { other: '已选 {count} 条' },
  'chosen.leave': '退出多选',
  'forward.title': { other: '转发 {count} 条消息' },
  'forward.search': '搜索联系人',
  'forward.none': '没有叫这个名字的联系人。',
  'forward.send': { other: '转发到 {count} 个聊天' },
  'forward.done': { other: '已转发到 {count} 个聊天' },
  'quote.not_here': '这条消息已不在这台设备上。',
  'quote.drop': '取消引用',
  'quote.you': '你',
};
