import type { Translated } from '../catalogue';
import type { search as english } from '../en/search';

/** 中文：搜索。 */
export const search: Translated<typeof english> = {
  'search.open': '搜索',
  'search.placeholder': '联系人和消息',
  'search.close': '关闭搜索',
  'search.results': '结果',
  'search.group.person': '联系人',
  'search.group.chat': '聊天',
  'search.group.message': '消息',
  'search.messages': { other: '{count} 条消息' },
  'search.count': { other: '{count} 个结果' },
  'search.more': '显示更多消息',
  'search.you': '你：',
  'search.within': '只在与 {name} 的聊天中',
  'search.everywhere': '在所有聊天中搜索',
  'search.in_chat': '在此聊天中搜索',
  'search.reading': '正在读取这台设备上的内容：{total} 条消息中的 {done} 条',
  'search.broken': '搜索停止了工作。请重新加载页面；你的消息是安全的。',
  'search.empty.title': '查找联系人和消息',
  'search.empty.text': '姓名、备注、Billet 号、标签，以及这台设备上的每条消息。你输入的内容不会离开这里。',
  'search.none.title': '没有找到“{query}”',
  'search.none.text': '只能找到这台设备上的内容。试试更少或其他的字词。',
};
