import type { Translated } from '../catalogue';
import type { keys as english } from '../en/keys';

/** 中文：键盘快捷键。 */
export const keys: Translated<typeof english> = {
  'keys.above': '打开上一个聊天',
  'keys.below': '打开下一个聊天',
  'keys.break': '换行',
  'keys.close': '关闭，或回到列表',
  'keys.close_help': '关闭',
  'keys.ends': '列表的开头或末尾',
  'keys.everywhere': '任何地方',
  'keys.help': '显示此列表',
  'keys.here': '当前位置',
  'keys.menu': '显示可用操作',
  'keys.move': '在列表中移动',
  'keys.open': '打开所选项',
  'keys.search': '搜索',
  'keys.send': '发送',
  'keys.title': '键盘快捷键',
};
