/** What this installation is called in the list of devices, as far as the browser says. */
export function deviceInfo(agent = navigator.userAgent): { name: string; platform: string } {
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrom(e|ium)\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : 'Web';
  const system = /Android/.test(agent)
    ? 'Android'
    : /iPhone/.test(agent)
      ? 'iPhone'
      : /iPad/.test(agent)
        ? 'iPad'
        : /Windows/.test(agent)
          ? 'Windows'
          : /Mac OS X/.test(agent)
            ? 'macOS'
            : /CrOS/.test(agent)
              ? 'ChromeOS'
              : /Linux/.test(agent)
                ? 'Linux'
                : '';
  return { name: system ? `${browser} · ${system}` : browser, platform: 'web' };
}
