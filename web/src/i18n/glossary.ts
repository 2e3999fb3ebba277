/**
 * One noun for one thing, in both languages. A text that uses the English noun must use the Chinese one and the other way
 * round; `never` lists words that would be a second name for the same thing.
 */
export type Term = { en: RegExp; zh: RegExp; never: { en?: RegExp; zh?: RegExp } };

export const GLOSSARY: readonly Term[] = [
  { en: /\bcontacts?\b/i, zh: /联系人/, never: { en: /\bfriends?\b|\bbudd(y|ies)\b/i, zh: /好友|朋友/ } },
  { en: /\bchats?\b/i, zh: /聊天/, never: { en: /\bconversations?\b|\bthreads?\b/i, zh: /会话|对话/ } },
  { en: /\bmessages?\b(?! with)/i, zh: /消息/, never: { en: /\bmsgs?\b/i, zh: /讯息|信息/ } },
  { en: /\bdevices?\b/i, zh: /设备/, never: { en: /\bgadgets?\b|\bterminals?\b/i, zh: /装置|终端/ } },
  { en: /\brequests?\b/i, zh: /请求/, never: { en: /\binvitations?\b|\binvites?\b/i, zh: /申请|邀请/ } },
  {
    en: /Billet ID/,
    zh: /Billet 号/,
    never: { en: /\busernames?\b|\bhandles?\b|\buser id\b/i, zh: /用户名|账户名/ },
  },
  { en: /(?<!QR )\bcodes?\b/i, zh: /验证码/, never: { en: /\bpasscodes?\b|\botp\b/i, zh: /校验码|口令/ } },
  { en: /\bQR code\b/, zh: /二维码/, never: { en: /\bbarcode\b/i, zh: /条形码/ } },
  { en: /\bmuted?\b/i, zh: /免打扰/, never: { en: /\bsilenced?\b/i, zh: /静音/ } },
  { en: /\b(un)?pin(ned)?\b/i, zh: /置顶/, never: {} },
  { en: /\bforward(ed)?\b/i, zh: /转发/, never: {} },
  { en: /\bquot(e|ed|ing)\b/i, zh: /引用/, never: {} },
  { en: /\btags?\b/i, zh: /标签/, never: { en: /\blabels?\b/i } },
  { en: /\bdrafts?\b/i, zh: /草稿/, never: {} },
  { en: /\breminders?\b/i, zh: /提醒/, never: {} },
  { en: /\baccounts?\b/i, zh: /账号/, never: { en: /\buser accounts?\b/i, zh: /帐号|账户|帐户/ } },
  { en: /\bservers?\b/i, zh: /服务器/, never: { en: /\bbackend\b|\bcloud\b/i, zh: /云端|主机/ } },
  {
    en: /\bsign(ed)?[ -](in|out)\b|\bsign-ins?\b/i,
    zh: /登录/,
    never: { en: /\blog(ged)?[ -]?(in|out|on|off)\b/i, zh: /登陆|登出|注销/ },
  },
  { en: /\bblock(ed)?\b/i, zh: /屏蔽/, never: { en: /\bban(ned)?\b/i, zh: /拉黑|黑名单/ } },
  { en: /\bunblock\b/i, zh: /解除/, never: {} },
  { en: /\bremark\b/i, zh: /备注/, never: { en: /\bnickname\b/i, zh: /昵称/ } },
  {
    en: /\bprivacy policy\b/i,
    zh: /隐私政策/,
    never: { en: /\bprivacy notice\b|\bdata policy\b/i, zh: /隐私声明|隐私权政策/ },
  },
];
