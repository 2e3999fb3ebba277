import type { Translated } from '../catalogue';
import type { errors as english } from '../en/errors';

/** 中文：没有成功时说的话：发生了什么，什么是安全的，可以做什么。 */
export const errors: Translated<typeof english> = {
  'error.offline': '服务器没有回应。没有丢失任何内容；请检查连接后重试。',
  'error.unavailable': '服务器目前有些问题。没有丢失任何内容；请稍后重试。',
  'error.plain': '{text}',
  'error.unknown': '没有成功。没有丢失任何内容；请稍后重试。',
  'error.not_signed_in': '这台设备已退出登录。请重新登录。',
  'error.invalid_phone': '这不是可以送达的手机号。请核对国家或地区和数字。',
  'error.other_operator': '+86 开头的号码由另一家运营者负责。请在这里使用其他地区的号码。',
  'error.number_refused': '这个号码无法接收短信。请换一个。',
  'error.sms_down': '目前无法发送短信。请过几分钟再试。',
  'error.too_many': '操作有些频繁。请等候{wait}。',
  'error.wait.seconds': { other: ' {count} 秒' },
  'error.wait.minutes': { other: ' {count} 分钟' },
  'error.wait.moment': '片刻',
  'error.wrong_code': '这个验证码不对或已过期。请核对，或重新获取验证码。',
  'error.invalid_birth_date': '这个日期不对。请核对年、月、日。',
  'error.invalid_region': '请从列表中选择国家或地区。',
  'error.invalid_text': '文字为空、太长，或含有特殊字符。',
  'error.invalid_alias': '名字为 1 到 64 个字。',
  'error.invalid_handle': 'Billet 号为 6 到 20 个字母、数字、- 或 _，以字母开头。',
  'error.handle_taken': '这个 Billet 号已有人使用。请换一个。',
  'error.handle_too_soon': '你不久前刚改过 Billet 号，过些时候才能再改。',
  'error.unknown_account': '这里没有人使用这个 Billet 号。请核对写法。',
  'error.already_contacts': '你们已经是联系人。',
  'error.too_many_contacts': '你们其中一方的联系人已达到账号的上限。',
  'error.too_many_blocks': '你屏蔽的人数已达到账号的上限。',
  'error.yourself': '这是你自己的账号。',
  'error.blocked': '你已屏蔽这位联系人。请先解除屏蔽。',
  'error.gone': '这里已经没有它了。',
};
