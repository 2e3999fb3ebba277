import type { Translated } from '../catalogue';
import type { app as english } from '../en/app';

/** 中文：外壳、与服务器的连接。 */
export const app: Translated<typeof english> = {
  'app.skip': '跳到内容',
  'app.loading': '正在加载',
  'app.back': '返回',
  'app.cancel': '取消',
  'app.save': '保存',
  'app.saved': '已保存',
  'app.undo': '撤销',
  'app.retry': '重试',
  'app.sections': '栏目',
  'app.demo': '演示服务器：验证码直接显示在屏幕上，这里的内容不会长期保留。',
  'app.demo.short': '演示服务器',
  'line.connecting': '正在连接…',
  'line.connecting.short': '正在连接…',
  'line.offline': '你已离线。所有内容仍可阅读；消息会在这里等候，联网后自动发出。',
  'line.offline.short': '已离线，消息在此等候。',
  'line.server_away': '暂时连不上服务器。所有内容仍可阅读；消息会在这里等候，恢复后自动发出。',
  'line.server_away.short': '连不上服务器，消息在此等候。',
  'line.replaced': '同一登录正在别处使用 Billet。',
  'line.replaced.short': '正在别处使用。',
  'line.replaced.action': '在这里使用',
  'line.storage': '这台设备无法保存消息。没有丢失任何内容：在这里有空间之前，消息会留在服务器上。',
  'line.storage.short': '空间不足，消息留在服务器上。',
  'crash.title': '此页面停止了工作',
  'crash.text': '你的消息安全地保存在这台设备上。重新加载页面即可继续。',
  'crash.action': '重新加载',
  'insecure.title': '此地址不安全',
  'insecure.text': '浏览器只在安全页面上保存登录和消息。请用 https 打开 Billet，或在本机访问 127.0.0.1。',
};
