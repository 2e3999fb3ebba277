import { PORTRAIT } from './portrait';

export type Language = 'en' | 'zh';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The number of the first message of the chat with the first contact. */
const CHAT_FROM = 124;

/** Names and words for the pictures: long ones, short ones, one from right to left. */
const WORDS = {
  en: {
    me: 'Lin Wei',
    people: ['Mara Okonkwo', 'Grandma', 'Jonas', 'Dr. Aleksandra Wojciechowska-Featherstonehaugh', 'ליאור כהן', 'Sam Fletcher'],
    tags: ['Choir', 'Neighbours'],
    note: 'Hello, this is Priya from the choir. We met on Sunday.',
    chat: [
      'Did you get home all right?',
      'Yes, the last train was almost empty. It was lovely to see everyone again.',
      'I left my scarf at yours, the grey one',
      'Found it under the coats. I can bring it on Thursday if you are coming to the market.',
      'Perfect. Here is the list of stalls: https://market.example.org/stalls/november?page=2',
      'They have the plum jam again 🎉',
      'Then I am bringing two bags.',
      'One for you and one for your mother. She asked for it three times last week and I promised, so please remind me if I forget to buy it before ten in the morning, because by noon it is always gone.',
      'Noted.',
      'See you Thursday then',
    ],
    others: ['The photos are printed. I will keep them for you.', 'ok', 'I have attached the revised agenda; please read items four to seven before Monday.', 'נתראה מחר', 'Who brings bread?'],
  },
  zh: {
    me: '林薇',
    people: ['欧阳海棠', '外婆', '小明', '上海市浦东新区花木街道社区卫生服务中心王医生', 'ליאור כהן', '周凯'],
    tags: ['合唱团', '邻居'],
    note: '你好，我是合唱团的陈静，我们上周日见过。',
    chat: [
      '到家了吗？',
      '到了，末班车上几乎没有人。今天能见到大家真好。',
      '我的围巾好像落在你家了，灰色那条',
      '在大衣下面找到了。周四你要是来市集，我就带给你。',
      '太好了。这是摊位名单：https://market.example.org/stalls/november?page=2',
      '又有李子酱了🎉',
      '那我带两个袋子去。',
      '一瓶给你，一瓶给你妈妈。她上星期问了我三次，我都答应了，所以要是我早上十点以前忘了买，请提醒我一下，因为到了中午总是卖完了。',
      '记住了。',
      '那周四见',
    ],
    others: ['照片洗好了，我先替你收着。', '好', '修改后的议程已附上，请在周一之前阅读第四到第七项。', 'נתראה מחר', '谁带面包？'],
  },
} as const;

export function story(language: Language, me: string) {
  const words = WORDS[language];
  const now = new Date('2026-11-23T14:32:00').getTime();
  const ids = words.people.map((_, index) => `01PEOPLE0000000000000000${index}${index}`);
  const contact = (index: number) => ({ account_id: ids[index] as string, alias: words.people[index] as string, remark: null, handle: index === 0 ? 'mara_o' : null, photo: index === 1 ? PORTRAIT : null, tags: words.tags.slice(0, [1, 2, 0, 1][index] ?? 0) });
  let seq = (now - 3 * DAY) * 1000;
  let count = 0;
  const frames: object[] = [];
  const say = (peer: number, own: boolean, at: number, text: string, delivered = true, quoted?: number) => {
    seq = Math.max(seq + 1, at * 1000);
    count += 1;
    const message = `M${count}`;
    const [from, to] = own ? [me, ids[peer]] : [ids[peer], me];
    const quote = quoted !== undefined && { message: `M${quoted}`, from: ids[peer], text: words.chat[quoted - CHAT_FROM] };
    frames.push({ op: 'envelope', seq, message, from, to: { account: to }, at, kind: 'text', content: { text, ...(quote && { quote }) } });
    if (own && delivered) frames.push({ op: 'receipt', seq: ++seq, message, state: 'delivered', account: ids[peer] });
    return message;
  };
  say(5, false, now - 3 * DAY, words.others[4]);
  for (let i = 0; i < 120; i += 1) say(4, false, now - 2 * DAY + i * 1000, words.others[3]);
  say(3, false, now - DAY - 40 * MINUTE, words.others[2]);
  say(2, true, now - DAY, words.others[1], false);
  const owns = [false, true, false, true, false, false, true, true, false, true];
  const at = [-DAY - 30 * MINUTE, -DAY - 28 * MINUTE, -DAY - 27.5 * MINUTE, -DAY - 20 * MINUTE, -50 * MINUTE, -49 * MINUTE, -48 * MINUTE, -47.5 * MINUTE, -9 * MINUTE, -8 * MINUTE];
  words.chat.forEach((text, i) => say(0, owns[i] as boolean, now + (at[i] as number), text, true, i === 6 ? CHAT_FROM + 5 : undefined));
  const read = seq;
  say(1, false, now - 3 * MINUTE, words.others[0]);
  // Two stand on top, one of them is read; one was marked by hand, one has a draft, one is muted.
  const settings = [
    { pinned_at: now - DAY, read_seq: read },
    { pinned_at: now - 2 * DAY },
    { unread: true },
    { draft: words.others[0] },
    { muted: true },
  ].map((change, index) => ({ conversation: { account: ids[index] as string }, revision: 5 + index, read_seq: 0, cleared_seq: 0, pinned_at: null, muted: false, hidden: false, unread: false, draft: null, ...change }));
  // One is due, one comes later, one is about a message that this device does not hold.
  const reminders = [
    { reminder_id: 'A1', conversation: { account: ids[3] as string }, message: 'M122', at: now - 20 * MINUTE },
    { reminder_id: 'A2', conversation: { account: ids[0] as string }, message: 'M131', at: now + 3 * DAY },
    { reminder_id: 'A3', conversation: { account: ids[1] as string }, message: 'M999', at: now + 9 * 60 * MINUTE },
  ];
  return {
    me: words.me,
    reminders,
    settings,
    now,
    frames,
    lastSeq: seq,
    contacts: [0, 1, 2, 3, 4].map(contact),
    blocked: [contact(5)],
    requests: [
      { request_id: 'R1', direction: 'in', account_id: '01PRIYA00000000000000000PP', alias: language === 'en' ? 'Priya Raman' : '陈静', handle: 'priya_r', note: words.note, at: now - 2 * 3_600_000 },
      { request_id: 'R2', direction: 'out', alias: '+12025550188', note: '', at: now - DAY },
    ],
    devices: [
      { device_id: 'D1', name: 'Chrome · Linux', platform: 'web', signed_in_at: now - 9 * DAY, current: true },
      { device_id: 'D2', name: 'Safari · iPhone', platform: 'web', signed_in_at: now - 40 * DAY, current: false },
    ],
    ids,
  };
}
