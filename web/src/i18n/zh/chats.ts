import type { Translated } from '../catalogue';
import type { chats as english } from '../en/chats';

/** 中文：聊天列表。 */
export const chats: Translated<typeof english> = {
  'chats.title': '聊天',
  'chats.empty.title': '还没有聊天',
  'chats.empty.text': '添加一位你认识的人。对方接受后，你们就可以在这里互发消息。',
  'chats.empty.action': '添加联系人',
  'chats.empty.ready': '选择一位联系人，写下第一条消息。',
  'chats.empty.choose': '选择联系人',
  'chats.draft': '草稿：',
  'chats.typing': '正在输入…',
  'chats.unread': { other: '{count} 条未读消息' },
  'chats.pick': '选择一个聊天，在这里阅读',
  'chats.missed': { other: '有 {count} 条消息在送达你之前已过期。请让发送者重新发送。' },
  'chats.deleted': '账号已删除',
  'chats.former': '已不是联系人',
};
