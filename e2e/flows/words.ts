import { CATALOGUES, type Language } from '../../web/src/i18n/translate';

export type { Language };

/** The words on screen that the flows look for, from the client's own catalogue. */
export function words(language: Language) {
  const c = CATALOGUES[language];
  return {
    start: c['welcome.start'],
    number: c['register.number.label'],
    sendCode: c['register.number.next'],
    fill: c['register.demo.fill'],
    alias: c['register.profile.alias'],
    birth: c['register.profile.birth'],
    begin: c['register.profile.done'],
    chats: c['chats.title'],
    pin: c['chats.pin'],
    unpin: c['chats.unpin'],
    pinned: c['chats.pinned'],
    mute: c['chats.mute'],
    muted: c['chats.muted'],
    markUnread: c['chats.mark_unread'],
    markedUnread: c['chats.marked_unread'],
    markRead: c['chats.mark_read'],
    hide: c['chats.hide'],
    clearChat: c['chats.clear'],
    noChats: c['chats.empty.title'],
    sendRequest: c['add.send'],
    requestSent: c['add.sent.title'],
    accept: c['requests.accept'],
    delivered: c['message.delivered'],
    waiting: c['message.waiting'],
    otherOperator: c['error.other_operator'],
    wrongCode: c['error.wrong_code'],
    parent: c['register.waiting.title'],
    signOut: c['me.sign_out'],
    block: c['card.block'],
    notContact: c['message.failed.not_a_contact'],
    newMessages: c['conversation.new'],
    save: c['app.save'],
    typing: c['chats.typing'],
    remark: c['card.remark'],
    billetId: c['me.id'],
    draft: c['chats.draft'],
    recall: c['message.recall'],
    recalled: c['message.recalled'],
    recalledOwn: c['message.recalled_own'],
    details: c['conversation.details'],
    closeDetails: c['conversation.details.close'],
    protection: c['protection.to_server.title'],
    atMost: c['protection.at_most'],
    deleteAccount: c['me.delete'],
    deleteNow: c['me.delete.do'],
    code: c['register.code.label'],
    accountDeleted: c['welcome.account_deleted'],
    messageMenu: c['action.menu'],
    copy: c['action.copy'],
    choose: c['action.choose'],
    forward: c['action.forward'],
    undo: c['app.undo'],
    copied: textOf(c['action.copied']),
    quote: c['action.quote'],
    dropQuote: c['quote.drop'],
    deleteForMe: c['action.delete'],
    editAgain: c['action.edit_again'],
    chatDeleted: c['chats.deleted'],
    updateReady: c['update.ready'],
    updateTake: c['update.take'],
  };
}

/** What is said of one. */
function textOf(text: { one?: string; other: string }): string {
  return (text.one ?? text.other).replace('{count}', '1');
}
