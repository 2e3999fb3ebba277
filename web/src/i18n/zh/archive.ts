import type { Translated } from '../catalogue';
import type { archive as english } from '../en/archive';

/** 中文：本机存储、历史记录的导出与导入。 */
export const archive: Translated<typeof english> = {
  'opening.newer.title': '这里用过更新版本的 Billet',
  'opening.newer.text':
    '这台设备上的消息由更新的版本保存，当前版本不会改动它们。请重新加载页面以使用新版本。没有任何内容丢失。',
  'opening.blocked.title': 'Billet 在另一个标签页中打开着',
  'opening.blocked.text':
    '那个标签页运行的是旧版本，需要先关闭。关闭后，此页面会自动继续。没有任何内容丢失。',
  'opening.refused.title': '浏览器没有提供存储空间',
  'opening.refused.text':
    'Billet 把消息保存在此浏览器中，但浏览器不允许。无痕窗口和磁盘已满都会这样。尚未送达的消息会暂时留在服务器上。',
};
