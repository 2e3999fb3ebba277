import type { Translated } from '../catalogue';
import type { me as english } from '../en/me';

/** 中文：我与设置。 */
export const me: Translated<typeof english> = {
  'me.title': '我',
  'me.profile': '个人资料',
  'me.profile.alias_hint': '联系人会看到这个名字。',
  'me.profile.region': '国家或地区',
  'me.profile.phone': '手机号',
  'me.profile.since': '{date} 加入',
  'me.id': 'Billet 号',
  'me.id.none': '尚未设置',
  'me.id.hint': '6 到 20 个字母、数字、- 或 _，以字母开头。别人可以用它添加你。',
  'me.appearance': '语言和主题',
  'me.language': '语言',
  'me.language.system': '跟随浏览器',
  'me.theme': '主题',
  'me.theme.system': '跟随设备',
  'me.theme.light': '浅色',
  'me.theme.dark': '深色',
  'me.devices': '设备',
  'me.devices.text': '你的账号已在这些设备上登录。不认识的设备，请让它退出登录。',
  'me.devices.this': '这台设备',
  'me.devices.since': '{date} 登录',
  'me.devices.sign_out': '退出登录',
  'me.devices.signed_out': '{name} 已退出登录。',
  'me.devices.confirm': '让 {name} 退出登录？',
  'me.devices.confirm_text': '这台设备会立即停止接收消息。再次使用时，需要用新的验证码登录。',
  'me.sign_out': '退出登录',
  'me.sign_out.title': '在这台设备上退出登录？',
  'me.sign_out.text':
    '聊天会从这台设备删除，而服务器没有已送达消息的副本。你的账号、联系人和其他设备不受影响。',
  'me.sign_out.waiting': { other: '有 {count} 条消息尚未发送，将会丢失。' },
  'me.operator': '此服务器由 {operator} 运营。版本 {version}。',
  'me.policy': '隐私政策',
  'me.language.en': 'English',
  'me.language.zh': '中文',
};
